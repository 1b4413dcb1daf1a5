# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes and services of a Windows host as owners of sockets."""

from __future__ import annotations

from ...module_utils._socket import Owner
from ._raw_answer import Record, WindowsAnswer, number, text


def owners(answer: WindowsAnswer) -> dict[int, tuple[Owner, ...]]:
    """Owners by process id: one for each service that the process runs, or one of none.

    ``exe_on_host`` stays unknown: WMI reads the path out of the process, which can write there what it likes.
    """
    users: dict[int | None, str | None] = {}
    for row in answer.rows("users"):
        pid, user = number(row.get("pid")), text(row.get("user"))
        users[pid] = user if users.get(pid, user) == user else None  # a number that two processes had one after another
    services: dict[int, list[str]] = {}
    for row in answer.rows("services"):
        pid, name = number(row.get("pid")), text(row.get("name"))
        if pid and name:
            services.setdefault(pid, []).append(name)
    found: dict[int, tuple[Owner, ...]] = {}
    for row in answer.rows("processes"):
        pid = number(row.get("pid"))
        if pid:
            units: list[str | None] = [*sorted(services.get(pid, []))] or [None]
            found[pid] = found.get(pid, ()) + tuple(_owner(row, pid, user=users.get(pid), unit=unit) for unit in units)
    return found


def _owner(row: Record, pid: int, *, user: str | None, unit: str | None) -> Owner:
    return Owner(
        pid=pid,
        name=text(row.get("name")),
        exe=text(row.get("exe")),
        user=user,
        unit=unit,
        started=text(row.get("started")),
    )
