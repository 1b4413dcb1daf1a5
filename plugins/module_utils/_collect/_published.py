# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that are published without a socket: DNAT and REDIRECT of nftables and iptables, virtual services of IPVS.

The kernel is asked first whether it has any rules; only then their own programs are run, to print them and no more.
Sources: include/uapi/linux/netfilter/{nfnetlink,nf_tables}.h, /proc/net/ip_tables_names, /proc/net/ip_vs.
"""

from __future__ import annotations

import errno
import os
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files, _netlink, _paths

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nat

DEADLINE = 5.0  # seconds for one program
NETFILTER = 12  # NETLINK_NETFILTER
GET_TABLES = 10 << 8 | 1  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE
_NFGENMSG = struct.Struct("=BBH")
_DENIED = (errno.EPERM, errno.EACCES)
_SAVERS = {"ipv4": "iptables", "ipv6": "ip6tables"}
_NAMES = {"ipv4": "ip_tables_names", "ipv6": "ip6_tables_names"}
_TABLES = frozenset([b"nat", b"mangle"])

Run = t.Callable[[t.Sequence[str]], bytes]


class Unread(Exception):
    """Rules that may publish something could not be read; the text says why."""


class Found(t.NamedTuple):
    published: t.Tuple[_nat.Published, ...] = ()
    paths: t.Tuple[_paths.RawPath, ...] = ()
    gaps: t.Tuple[_socket.Gap, ...] = ()


def run(command: t.Sequence[str]) -> bytes:
    """What a program prints. Raises Unread."""
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _budget, _tool

    tools = _tool.Tools(_budget.Budget(cpu=DEADLINE, wall=DEADLINE))
    try:
        answer = tools(*command)
    except _tool.ToolError as error:
        raise Unread(str(error)) from error
    if answer.status:
        raise Unread(_tool.worded(command[0], answer))
    return answer.stdout.encode("utf-8")


def look(proc: str, *, connect: _netlink.Connect = _netlink.connect, run: Run = run) -> Found:
    """Everything that the caller's network namespace publishes. What cannot be read is a gap.

    Of ``listeners`` where there are rules; of ``paths`` where not even that may be known, as without root.
    """
    looked = _Look(proc, connect, run)
    for what, part in (("nftables", looked.nftables), ("iptables", looked.legacy), ("IPVS", looked.ipvs)):
        try:
            part()
        except _Refused:
            looked.gaps.append(_socket.Gap("permission", "paths", "what %s publishes may not be read" % what))
        except Unread as error:
            # There are rules: any port may be published.
            detail = "what %s publishes cannot be read: %s" % (what, error)
            looked.gaps.append(_socket.Gap("rules-unread", "listeners", detail))
    return Found(tuple(looked.published), tuple(looked.paths), tuple(looked.gaps))


class _Refused(Exception):
    """The kernel does not tell without privilege."""


class _Look:
    def __init__(self, proc: str, connect: _netlink.Connect, run: Run) -> None:
        self._proc = proc
        self._connect = connect
        self._run = run
        self.published: t.List[_nat.Published] = []
        self.paths: t.List[_paths.RawPath] = []
        self.gaps: t.List[_socket.Gap] = []

    def nftables(self) -> None:
        if not has_tables(self._proc, self._connect):
            return
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nft

        try:
            found = _nft.read(self._run(["nft", "--json", "list", "ruleset"]))
        except _nft.Unreadable as error:
            raise Unread(str(error)) from error
        self._add(found.ruleset)
        if found.foreign:
            for family, name in _SAVERS.items():
                self._save(["%s-nft-save" % name, "%s-save" % name], family)

    def legacy(self) -> None:
        for family, name in _SAVERS.items():
            path = "%s/net/%s" % (self._proc, _NAMES[family])
            names = _files.read(path)
            if names is None and os.path.lexists(path):
                raise _Refused
            if _TABLES & set((names or b"").split()):
                self._save(["%s-legacy-save" % name, "%s-save" % name], family)

    def _save(self, programs: t.Sequence[str], family: str) -> None:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _iptables

        try:
            self._add(_iptables.read(self._run(programs[:1] if _there(programs[0]) else programs[1:]), family))
        except _iptables.Unreadable as error:
            raise Unread(str(error)) from error

    def _add(self, ruleset: _nat.Ruleset) -> None:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nat

        walked = _nat.walk(ruleset)
        self.published += walked.published
        self.paths += walked.paths
        if not walked.whole:
            raise Unread("there are too many rules to follow")

    def ipvs(self) -> None:
        raw = _files.read(self._proc + "/net/ip_vs", limit=1 << 24)
        if raw is None:
            return
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _ipvs

        try:
            published, paths = _ipvs.read(raw)
        except _ipvs.Unreadable as error:
            raise Unread(str(error)) from error
        self.published += published
        self.paths += paths


def _there(program: str) -> bool:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _tool

    return _tool.find(program) is not None


def has_tables(proc: str, connect: _netlink.Connect) -> bool:
    """Whether nftables has any table here. Raises _Refused.

    Asking makes a kernel load the module that answers, so one that has it as a module and not loaded is not asked.
    """
    if not _has_module(proc, b"nf_tables"):
        return False
    try:
        return bool(_netlink.dump(NETFILTER, GET_TABLES, _NFGENMSG.pack(0, 0, 0), connect=connect))
    except _netlink.NetlinkError as error:
        if error.errno in _DENIED:
            raise _Refused from error
        return False  # the kernel has no nfnetlink, or no nf_tables


def _has_module(proc: str, name: bytes) -> bool:
    """Whether it is loaded, or may be part of the kernel itself."""
    loaded = _files.read(proc + "/modules", limit=1 << 22)
    if loaded is None or any(line.split(b" ", 1)[0] == name for line in loaded.split(b"\n")):
        return True
    built_in = _files.read("/lib/modules/%s/modules.builtin" % os.uname().release, limit=1 << 22)
    return built_in is None or b"/%s.ko" % name in built_in
