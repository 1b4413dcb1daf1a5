# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on how a port listens: with a socket, or published by a packet filter without one.

A rule for a published port that says only its number approves whoever binds that port too. Container engines give a
port away by a rule and let a process of theirs (docker-proxy) hold a socket on it: one rule means both, when it names
the process that the socket may have.
"""

from __future__ import annotations

import functools

from ....module_utils._socket import Listener
from ..._policy._policy_model import ProcessPatterns
from ._process_conditions import Answer, Doubt, ProcessCondition, compiled

PUBLISHED = "published"  # as a state of listeners, and as the word of policies


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


@functools.lru_cache(maxsize=8192)
def condition(process: ProcessPatterns | None, state: str | None) -> ProcessCondition | StateCondition | None:
    """The condition, shared by all rules that want the same; None when there is nothing to hold."""
    held = compiled(process)
    return held if state is None else StateCondition(state, held)
