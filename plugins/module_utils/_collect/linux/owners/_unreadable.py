# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes whose descriptors could not be read: how many, and which."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _hidepid, _process
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders

NAMED = 5


def gap(proc: str, holders: _holders.Holders) -> _socket.Gap:
    """The gap of a walk that was refused. Whom root cannot read is named: somebody has to look there."""
    covered = sorted(_hidepid.covered(proc) & holders.denied)
    if covered and os.geteuid() == 0:
        places = ", ".join("%s/%d" % (proc, pid) for pid in covered[:NAMED])
        detail = "a mount covers %s%s and hides the descriptors of the process: find out who mounted it"
        return _socket.Gap("proc-covered", "owners", detail % (places, _more(covered)))
    if holders.hidden:
        what = "processes of other users are hidden (hidepid)"
    elif os.geteuid() != 0:
        what = "the descriptors of %s of other users could not be read" % _count(len(holders.denied))
    else:
        what = "the descriptors of %s could not be read (%s)" % (_count(len(holders.denied)), _named(proc, holders))
    return _socket.Gap("permission", "owners", _remedy.refused(what, _remedy.PTRACE, proc))


def _count(number: int) -> str:
    return "1 process" if number == 1 else "%d processes" % number


def _named(proc: str, holders: _holders.Holders) -> str:
    pids = sorted(holders.denied)
    reader = _cgroup.reader(proc)
    names = [_name(pid, _process.describe(pid, proc=proc, booted=None, by=reader)) for pid in pids[:NAMED]]
    return ", ".join(names) + _more(pids)


def _more(pids: t.Sequence[int]) -> str:
    return ", and %d more" % (len(pids) - NAMED) if len(pids) > NAMED else ""


def _name(pid: int, process: t.Optional[_process.ProcfsProcess]) -> str:
    words = [process.name, process.place.unit] if process is not None else []
    return " ".join(["pid %d" % pid] + [word for word in words if word])
