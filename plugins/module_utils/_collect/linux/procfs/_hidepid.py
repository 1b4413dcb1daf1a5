# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps processes out of sight: hidepid (proc(5)), and whatever root mounted over the directory of one."""

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

# By number before Linux 5.8. hidepid=1, noaccess, lists everybody; what cannot be read shows as such.
HIDING = frozenset([b"hidepid=2", b"hidepid=invisible", b"hidepid=4", b"hidepid=ptraceable"])
PTRACE = "CAP_SYS_PTRACE"


def hides(proc: str) -> bool:
    """As the mount's options say. CAP_SYS_PTRACE sees everybody (has_pid_permissions()).

    A list without pid 1 says so too, but pid 1 may be the reader's own, as in a pid namespace.
    """
    options: t.Set[bytes] = set()
    for line in (_host_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 3 and fields[1] == os.fsencode(proc):
            options = set(fields[3].split(b",")) if fields[2] == b"proc" else set()
    return not HIDING.isdisjoint(options) and PTRACE not in _host_facts.capabilities(proc)


def covered(proc: str) -> t.Set[int]:
    """Processes with something mounted over their directory, or over a file in it: nothing that it says is theirs.

    An empty directory makes a process look as if it had just ended, that of another one as if it held nothing.
    """
    raw = _host_files.read(proc + "/self/mounts", limit=1 << 24) or b""
    found = re.findall(rb"^\S+ " + re.escape(os.fsencode(proc)) + rb"/([0-9]{1,9})[/ ]", raw, re.MULTILINE)
    return {int(number) for number in found}


def replaced(proc: str, name: str) -> bool:
    """Whether something is mounted over a file of the kernel's own, or over a folder that it lies in.

    Engines of containers mount ``sys`` over itself to have it read-only, and ``sys/net`` to write there all the same.
    """
    path = os.fsencode("%s/%s" % (proc, name))
    harmless = [[os.fsencode(proc + folder), b"proc"] for folder in ("/sys", "/sys/net")]
    raw = _host_files.read(proc + "/self/mounts", limit=1 << 24) or b""
    for fields in (line.split(b" ") for line in raw.split(b"\n")):
        if len(fields) < 3 or not fields[1].startswith(os.fsencode(proc) + b"/"):
            continue
        if (path + b"/").startswith(fields[1] + b"/") and fields[1:3] not in harmless:
            return True
    return False
