# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of users from ``/etc/passwd``, without NSS: a directory server that does not answer must not hold the audit
up."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

OVERFLOW_UID = 65534  # /proc/sys/kernel/overflowuid
_WHOLE_MAP = [b"0", b"0", b"4294967295"]


class Users:
    """User names and uids, read once.

    ``mapped``: the collector's user namespace does not hold all uids; the kernel shows those it lacks as 65534, which
    then says nothing.
    """

    def __init__(self, names: t.Mapping[int, str], *, mapped: bool = False) -> None:
        self._names = names
        self._uids = {name: uid for uid, name in names.items()}
        self._mapped = mapped

    @classmethod
    def load(cls, roots: _host_files.Roots) -> Users:
        """Read ``/etc/passwd``; without it nobody has a name."""
        names: t.Dict[int, str] = {}
        for line in (_host_files.read(roots.path("/etc/passwd"), limit=1 << 26) or b"").splitlines():
            fields = line.split(b":", 3)
            if len(fields) == 4 and fields[2].isdigit():
                names.setdefault(int(fields[2]), _host_files.unicode_text(fields[0]))
        uid_map = (_host_files.read(roots.proc + "/self/uid_map") or b"").split()
        return cls(names, mapped=bool(uid_map) and uid_map != _WHOLE_MAP)

    def known(self, uid: t.Optional[int]) -> t.Optional[int]:
        """The uid, or None when it only stands for one that this user namespace does not have."""
        return None if self._mapped and uid == OVERFLOW_UID else uid

    def name(self, uid: t.Optional[int]) -> t.Optional[str]:
        """The name of a uid, the first that the file gives it; None when it gives none."""
        return None if uid is None else self._names.get(uid)

    def uid(self, name: t.Optional[str]) -> t.Optional[int]:
        """The uid of a name or of a number written as text; None when there is no such user."""
        if name is not None and name.isdigit():
            return int(name)
        return None if name is None else self._uids.get(name)
