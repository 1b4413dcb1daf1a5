# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the list of processes leaves out those of others (proc(5), hidepid)."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files, _host

# By number before Linux 5.8. hidepid=1, noaccess, lists everybody; what cannot be read shows as such.
HIDING = frozenset([b"hidepid=2", b"hidepid=invisible", b"hidepid=4", b"hidepid=ptraceable"])
PTRACE = "CAP_SYS_PTRACE"


def hides(proc: str) -> bool:
    """As the mount's options say. CAP_SYS_PTRACE sees everybody (has_pid_permissions()).

    A list without pid 1 says so too, but pid 1 may be the reader's own, as in a pid namespace.
    """
    options: t.Set[bytes] = set()
    for line in (_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 3 and fields[1] == os.fsencode(proc):
            options = set(fields[3].split(b",")) if fields[2] == b"proc" else set()
    return not HIDING.isdisjoint(options) and PTRACE not in _host.capabilities(proc)
