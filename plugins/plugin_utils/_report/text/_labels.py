# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain words for codes, owners and registry entries, shared by every format that people read."""

from __future__ import annotations

import typing as t

from ....module_utils._socket import Listener, Owner
from ..._judge import _finding_codes
from ..._judge._judgement import Finding, JudgedListener
from ..._judge._owner_labels import exe_mark, holder_alone
from ..._registry._registry_entry import RegistryStatus

CODES = {
    **{one.name: one.title for one in _finding_codes.CODES},
    "no-policy-named": "No policy was named",
    "drift-opened": "Opened since the earlier run",
    "drift-widened": "Reachable from further away than in the earlier run",
    "drift-replaced": "Held by another program than in the earlier run",
    "drift-moved": "Bound to another address than in the earlier run",
    "drift-closed": "Closed since the earlier run",
    "drift-unknown": "Could not be compared with the earlier run",
}


def code(name: str) -> str:
    """What a code means, in a few words; a code that is not known here stands for itself."""
    return CODES.get(name, name)


def owner(judged: JudgedListener | None, finding: Finding | None = None) -> str | None:
    """Who holds it: names of its processes, or why there is none to name; None for what is no listener."""
    if judged is None:
        return finding.owner if finding else None
    return holder_alone(judged.listener)


def exe(listener: Listener) -> str | None:
    """Paths of its owners' executables, marked where they were deleted or are not the host's own file."""
    return ", ".join(_distinct(_exe(process) for process in listener.owners)) or None


def user(listener: Listener) -> str | None:
    """Users its owners run as; the socket's creator where no owner is visible."""
    names = _distinct(
        process.user or (None if process.uid is None else f"uid {process.uid}") for process in listener.owners
    )
    creator = listener.user or (None if listener.uid is None else f"uid {listener.uid}")
    return ", ".join(names) or creator


def unit(listener: Listener) -> str | None:
    """Its systemd unit; the container where it runs in one."""
    return listener.unit or (f"container {listener.container[:12]}" if listener.container else None)


def inside(listener: Listener, host: int | None) -> str | None:
    """The container of its owner, ``docker 7c9e6a1f0b7d``, else a network namespace that is not the host's own."""
    if listener.container:
        return f"{listener.engine or 'container'} {listener.container[:12]}"
    return f"network namespace {listener.namespace}" if listener.namespace not in (None, host) and host else None


def address(listener: Listener) -> str:
    """The address it is bound to, with the device where it is bound to one."""
    return f"{listener.address} on {listener.device}" if listener.device else listener.address


def registry(status: RegistryStatus) -> str:
    """``assigned: http``, ``unassigned``, ``reserved``, ``dynamic``."""
    return f"{status.status}: {status.name}" if status.name else status.status


def _exe(process: Owner) -> str | None:
    return process.exe + exe_mark(process) if process.exe else None


def _distinct(values: t.Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
