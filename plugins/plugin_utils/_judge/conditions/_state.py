# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on how a port listens: with a socket, published by a packet filter without one, or held by the kernel.

A rule for a published port that says only its number approves whoever binds that port too. Container engines give a
port away by a rule and let a process of theirs (docker-proxy) hold a socket on it: one rule means both, when it names
the process that the socket may have.
"""

from __future__ import annotations

import functools

from ....module_utils._socket import UDP, Listener
from ..._policy._policy_model import ProcessPatterns
from .._owner_labels import holder, no_owner
from ._process_conditions import Answer, Doubt, ProcessCondition, compiled

PUBLISHED = "published"  # as a state of listeners, and as the word of policies
KERNEL = "kernel"  # as a status of owners, and as the word of policies


def is_ephemeral_udp(listener: Listener) -> bool:
    """Whether it is unconnected UDP on a port that the kernel chose: a client that waits for an answer looks alike."""
    return bool(listener.ephemeral) and listener.protocol in UDP


class StateCondition:
    """A compiled ``state`` of a rule or waiver, with its ``process``. It is used as a ProcessCondition is."""

    def __init__(self, state: str, process: ProcessCondition | None) -> None:
        self._published = state == PUBLISHED
        self._process = process
        self.basis = process.basis if process else "port"

    def holds(self, listener: Listener) -> Answer:
        """A published port has no holder to ask for. A socket there is fine only in the hands that the rule names."""
        if listener.state == PUBLISHED:
            return self._published
        if self._process is not None:
            return self._process.holds(listener)
        return not self._published

    def doubt(self, listener: Listener) -> Doubt:
        """Why it does not hold."""
        if listener.state == PUBLISHED:
            return Doubt("a socket", f"none: {listener.published_by or 'a packet filter'} publishes the port")
        if self._process is None:
            return Doubt("a port that a packet filter publishes", "a socket")
        doubt = self._process.doubt(listener)
        return Doubt(f"a socket by {doubt.expected}", doubt.found) if self._published else doubt


class KernelCondition:
    """``state: kernel``: a socket that the kernel says it holds itself. It is used as a ProcessCondition is."""

    basis = "port+owner"

    def holds(self, listener: Listener) -> Answer:
        """Unknown where nobody was seen to hold it: that may be the kernel, or a process that hides."""
        if listener.state == PUBLISHED or listener.owners:
            return False
        return True if listener.owner_status == KERNEL else None

    def doubt(self, listener: Listener) -> Doubt:
        """Why it does not hold."""
        if listener.state == PUBLISHED:
            return Doubt(
                "a socket of the kernel", f"none: {listener.published_by or 'a packet filter'} publishes the port"
            )
        found = f"a socket of {holder(listener)}" if listener.owners else no_owner(listener)
        return Doubt("a socket of the kernel", found)


_OF_KERNEL = KernelCondition()


@functools.lru_cache(maxsize=8192)
def condition(
    process: ProcessPatterns | None, state: str | None
) -> ProcessCondition | StateCondition | KernelCondition | None:
    """The condition, shared by all rules that want the same; None when there is nothing to hold."""
    if state == KERNEL:
        return _OF_KERNEL
    held = compiled(process)
    return held if state is None else StateCondition(state, held)
