# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the kernel's own threads. A process can take any name, but is no child of kthreadd."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process

KTHREADD = 2


def names(proc: str) -> t.FrozenSet[str]:
    """Names of all kernel threads; none where they cannot be told, as in a pid namespace.

    Source: ``/proc/<pid>/task/<tid>/children``, proc(5).
    """
    if not _process.is_kernel_thread(_host_files.read("%s/%d/stat" % (proc, KTHREADD))):
        return frozenset()
    children = (_host_files.read("%s/%d/task/%d/children" % (proc, KTHREADD, KTHREADD)) or b"").split()
    comms = (_host_files.read("%s/%s/comm" % (proc, pid.decode("ascii"))) for pid in children if pid.isdigit())
    return frozenset(_host_files.unicode_text(comm.rstrip(b"\n")) for comm in comms if comm)
