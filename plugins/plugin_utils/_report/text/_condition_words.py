# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule or a waiver asks for, in words."""

from __future__ import annotations

import typing as t

from ..._policy._policy_model import Network, PortItem, ProcessPatterns


def ports(items: t.Iterable[PortItem]) -> str:
    """``ssh/tcp, 8000-8099/tcp``: as the author wrote them, each once."""
    return ", ".join(dict.fromkeys(f"{item.label}/{item.protocol}" for item in items))


def conditions(address: t.Sequence[Network], state: str | None, process: ProcessPatterns | None) -> t.Iterator[str]:
    """Of those that are given: ``address 10.0.0.0/8``, ``state published``, ``exe /usr/sbin/sshd``."""
    if address:
        yield "address " + ", ".join(str(network) for network in address)
    if state is not None:
        yield f"state {state}"
    if process is not None:
        yield from (f"{name} {', '.join(globs)}" for name, globs in process.conditions)
