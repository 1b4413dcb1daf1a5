# Private to the collection: anything in this file can change without notice.
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
import time
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _portless_entries
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _hidepid

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat

DEADLINE = 5.0  # seconds for one program
NETFILTER = 12  # NETLINK_NETFILTER
GET_TABLES = 10 << 8 | 1  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE
LARGEST = 1 << 24  # bytes of /proc/net/ip_vs: a service is 60
_NFGENMSG = struct.Struct("=BBH")
_DENIED = (errno.EPERM, errno.EACCES)
# Of a kernel that has no nfnetlink (socket()), or no nf_tables below it (nfnetlink_rcv_msg() in nfnetlink.c).
_ABSENT = (errno.EPROTONOSUPPORT, errno.EINVAL, errno.ENOENT)
_FAMILIES = (("ipv4", "iptables", "ip_tables"), ("ipv6", "ip6tables", "ip6_tables"))
_TABLES = frozenset(["nat", "mangle"])
# Entries of the first network namespace alone: net_core_table of net/core/sysctl_net_core.c.
_INITIAL = "/sys/net/core/netdev_max_backlog"

_MOST_NAMED = 5

Run = t.Callable[[t.Sequence[str]], bytes]


class RulesUnread(Exception):
    """Rules that may publish something could not be read, or not even asked for; the text says why."""


class RulesRefused(Exception):
    """The kernel does not tell without privilege."""


class PublishedPorts(t.NamedTuple):
    published: t.Tuple[_nat.Published, ...] = ()
    paths: t.Tuple[_portless_entries.AnyPath, ...] = ()
    gaps: t.Tuple[_socket.Gap, ...] = ()


def run(command: t.Sequence[str]) -> bytes:
    """What a program prints. Raises Unread."""
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _budget, _tool

    tools = _tool.Tools(_budget.Budget(cpu=DEADLINE, wall=DEADLINE))
    try:
        answer = tools(*command)
    except _tool.ToolError as error:
        raise RulesUnread(str(error)) from error
    if answer.status:
        raise RulesUnread(_tool.worded(command[0], answer))
    return answer.stdout.encode("utf-8")


def look(proc: str, *, connect: _wire.Connect = _wire.connect, run: Run = run) -> PublishedPorts:
    """Everything that the caller's network namespace publishes.

    What cannot be read is a gap of ``listeners``: any port may be published. Where privilege is missing, it is one gap.
    """
    looked = _Look(proc, connect, run)
    refused = False
    for what, part in (("nftables", looked.nftables), ("iptables", looked.legacy), ("IPVS", looked.ipvs)):
        looked.what = what
        try:
            part()
        except RulesRefused:
            refused = True
        except RulesUnread as error:
            looked.unread(error)
    if refused:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy

        detail = _remedy.refused("published ports not seen", _remedy.NET_ADMIN, proc)
        looked.gaps.append(_socket.Gap("published-unseen", "listeners", detail))
    return PublishedPorts(tuple(looked.published), tuple(looked.paths), tuple(looked.gaps))


class _Look:
    def __init__(self, proc: str, connect: _wire.Connect, run: Run) -> None:
        self._proc = proc
        self._connect = connect
        self._ended = time.monotonic() + 2 * DEADLINE
        self._program = run
        self._kernel = _Kernel(proc)
        self.what = ""
        self.published: t.List[_nat.Published] = []
        self.paths: t.List[_portless_entries.AnyPath] = []
        self.gaps: t.List[_socket.Gap] = []

    def unread(self, error: object) -> None:
        detail = "ports that %s publishes could not be read: %s" % (self.what, error)
        self.gaps.append(_socket.Gap("rules-unread", "listeners", detail))

    def _run(self, command: t.Sequence[str]) -> bytes:
        """What a program prints, while time for programs is left. Raises Unread."""
        if time.monotonic() > self._ended:
            raise RulesUnread("the time limit left no time to run %s" % command[0])
        return self._program(command)

    def nftables(self) -> None:
        if not has_tables(self._kernel, self._connect):
            return
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nft

        try:
            found = _nft.read(self._run(["nft", "--json", "list", "ruleset"]))
        except _nft.NftUnreadable as error:
            raise RulesUnread(str(error)) from error
        self._add(found.ruleset)
        for family, name, _module in _FAMILIES:
            tables = {table for layer, table, _chain in found.foreign if _nft.FAMILIES[layer] == family}
            if tables:
                self._save(name, "nft", tables, family)

    def legacy(self) -> None:
        """The kernel lists its tables to root alone: ip_tables_names is of mode 0440 (xt_proto_init(), x_tables.c)."""
        for family, name, module in _FAMILIES:
            names = (self._kernel.table("%s_names" % module, module) or b"").decode("ascii", "replace").split()
            if not _TABLES.isdisjoint(names):
                self._save(name, "legacy", _TABLES.intersection(names), family)

    def _save(self, name: str, variant: str, tables: t.AbstractSet[str], family: str) -> None:
        """Read tables of one variant of iptables. Each of the two shows its own rules alone, whatever it is called."""
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import (
            _iptables,
        )

        why: t.List[str] = []
        for command in _savers(name, variant):
            try:
                raw = self._run(command)
                its_own = _iptables.written_by(raw) in (None, variant)
                shown = _iptables.parsed(raw) if its_own else {}
                hidden = tables - shown.keys()
                if not hidden:
                    ruleset = _iptables.ruleset(shown, family)
                    break
                why.append("%s does not show the table %s of %s-%s" % (command[0], min(hidden), name, variant))
            except (RulesUnread, _iptables.IptablesUnreadable) as error:
                why.append(str(error))
        else:
            self.unread(why[0])
            return
        self._add(ruleset)

    def _add(self, ruleset: _nat.Ruleset) -> None:
        """What could not be followed is a gap beside what was."""
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat

        walked = _nat.walk(_nat.pruned(ruleset))
        self.published += walked.published
        self.paths += walked.paths
        if not walked.whole:
            self.unread("there are too many rules to evaluate")
        if walked.unknown:
            self.unread("the effect of these is not known: %s" % ", ".join(walked.unknown[:_MOST_NAMED]))

    def ipvs(self) -> None:
        raw = self._kernel.table("ip_vs", "ip_vs")
        if raw is None:
            return
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _ipvs

        try:
            published, paths = _ipvs.read(raw)
        except _ipvs.IpvsUnreadable as error:
            raise RulesUnread(str(error)) from error
        self.published += published
        self.paths += paths


def _savers(name: str, variant: str) -> t.List[t.List[str]]:
    """Commands that may show the rules of a variant, the surest first; at least one, that says that there is none."""
    commands = [["%s-%s-save" % (name, variant)], ["%s-save" % name], ["xtables-%s-multi" % variant, "%s-save" % name]]
    return [command for command in commands if _there(command[0])] or commands[:1]


def _there(program: str) -> bool:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool

    return _tool.find(program) is not None


def has_tables(kernel: _Kernel, connect: _wire.Connect) -> bool:
    """Whether nftables has any table here. Raises Refused, and Unread where the kernel gave no answer.

    Asking makes a kernel load the module that answers, so one that has it as a module and not loaded is not asked.
    """
    there = kernel.has("nf_tables")
    if there is False:
        kernel.vouches_for_none()
        return False
    try:
        return bool(_wire.dump(NETFILTER, GET_TABLES, _NFGENMSG.pack(0, 0, 0), connect=connect))
    except _wire.NetlinkError as error:
        if error.errno in _DENIED:
            raise RulesRefused from error
        if there is None and error.errno in _ABSENT:
            return False
        raise RulesUnread("it is unknown whether it has tables: %s" % error) from error


def has_rules(proc: str, connect: _wire.Connect) -> t.Optional[bool]:
    """Whether a packet filter may have any rule for IPv4 here; None where that cannot be told."""
    kernel = _Kernel(proc)
    try:
        return has_tables(kernel, connect) or bool((kernel.table("ip_tables_names", "ip_tables") or b"").split())
    except (RulesRefused, RulesUnread):
        return None


class _Kernel:
    """What the kernel tells of itself without being asked for rules.

    Without privilege it tells only of parts that it does not have: nobody can have made rules for those. That the
    lists are the kernel's own is known in the first network namespace alone; a container may see others.
    """

    def __init__(self, proc: str) -> None:
        self._proc = proc
        self._loaded: t.Optional[t.Tuple[t.Optional[t.FrozenSet[bytes]]]] = None

    def has(self, module: str) -> t.Optional[bool]:
        """Whether a part of the kernel is there, loaded or built in; None: it cannot be told."""
        if self._loaded is None:
            known = not _hidepid.replaced(self._proc, "modules")
            raw = _host_files.read(self._proc + "/modules", limit=1 << 22) if known else None
            self._loaded = (None if raw is None else frozenset(line.split(b" ", 1)[0] for line in raw.split(b"\n")),)
        (loaded,) = self._loaded
        if loaded is None:
            return None
        name = module.encode("ascii")
        if name in loaded:
            return True
        built_in = _host_files.read("/lib/modules/%s/modules.builtin" % os.uname().release, limit=1 << 22)
        return None if built_in is None else b"/%s.ko" % name in built_in

    def vouches_for_none(self) -> None:
        """Raises Refused where what the lists lack is no proof: without privilege, in a namespace of a container's."""
        if os.geteuid() != 0 and not os.path.lexists(self._proc + _INITIAL):
            raise RulesRefused

    def table(self, name: str, module: str) -> t.Optional[bytes]:
        """A table below ``/proc/net``, which is there where the module is; None: there is none.

        Raises Refused and Unread.
        """
        path = "%s/net/%s" % (self._proc, name)
        try:
            return _host_files.whole(path, limit=LARGEST)
        except FileNotFoundError:
            self._lacks(module)
            return None
        except PermissionError as error:
            raise RulesRefused from error
        except OSError as error:
            raise RulesUnread("%s: %s" % (path, error.strerror or error)) from error

    def _lacks(self, module: str) -> None:
        """The table is not there. Root knows by this that the module is not, if the folder is the kernel's own."""
        if os.geteuid() == 0 and _same_mount(self._proc, self._proc + "/net"):
            return
        if self.has(module) is False:
            self.vouches_for_none()
        elif os.geteuid() != 0:
            raise RulesRefused
        else:
            raise RulesUnread("%s/net is not the kernel's" % self._proc)


def _same_mount(proc: str, folder: str) -> bool:
    """Hidden (``subset=pid``), or something else mounted over it?"""
    try:
        return os.stat(folder).st_dev == os.stat(proc).st_dev
    except OSError:
        return False
