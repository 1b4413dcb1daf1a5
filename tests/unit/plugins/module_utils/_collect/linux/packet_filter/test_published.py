# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a packet filter's own program is run, and what becomes of what it cannot tell. Scenes have real rules."""

from __future__ import annotations

import errno
import os
import pathlib
import socket
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _published

TABLE = struct.pack("=IHHII", 16, 10 << 8, 2, 1, 0)
DONE = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)
NFT = (
    b'{"nftables": [{"chain": {"family": "ip", "table": "nat", "name": "pre", "hook": "prerouting"}},'
    b'{"rule": {"family": "ip", "table": "nat", "chain": "pre", "expr": [{"match": {"op": "==", "left":'
    b'{"payload": {"protocol": "tcp", "field": "dport"}}, "right": 80}}, %s]}}]}'
)
DNAT = NFT % b'{"dnat": {"addr": "10.0.0.2"}}'
FOREIGN = NFT % b'{"xt": {"type": "target", "name": "DNAT"}}'
SAVED = b"*nat\n-A PREROUTING -p tcp --dport 81 -j DNAT --to-destination 10.0.0.3\nCOMMIT\n"
NOTHING = b"*nat\nCOMMIT\n"


def kernel(answer):
    """Says that there are tables, that there are none, or refuses; a text is what it sends."""

    class Connection:
        def __init__(self, _protocol):
            self.sequence = 0
            self.told = False

        def send(self, data):
            (self.sequence,) = struct.unpack_from("=I", data, 8)
            return len(data)

        def recvmsg(self, _size):
            if isinstance(answer, Exception) or self.told:
                raise answer if isinstance(answer, Exception) else TimeoutError
            self.told = True
            if isinstance(answer, tuple):
                return numbered(answer[0], self.sequence), [], answer[1], (0, 0)
            if answer < 0:
                return struct.pack("=IHHIIi", 20, 2, 0, self.sequence, 0, answer), [], 0, (0, 0)
            return numbered(TABLE * answer + DONE, self.sequence), [], 0, (0, 0)

        def close(self):
            pass

    return Connection


def numbered(data, sequence):
    """Messages as the answer to the request of that number."""
    raw, at = bytearray(data), 0
    while at + 16 <= len(raw):
        struct.pack_into("=I", raw, at + 8, sequence)
        at += struct.unpack_from("=I", raw, at)[0]
    return bytes(raw)


class Programs:
    """What they print; those that are not named fail."""

    def __init__(self, **outputs):
        self.outputs = outputs
        self.ran = []

    def __call__(self, command):
        self.ran.append(command[0])
        if command[0] not in self.outputs:
            raise _published.RulesUnread("the host has no %s" % command[0])
        return self.outputs[command[0]]


@pytest.fixture(name="proc")
def faked(tmp_path):
    def make(modules=None, **files):
        (tmp_path / "net").mkdir()
        if modules is not None:
            (tmp_path / "modules").write_text(modules)
        for name, text in files.items():
            (tmp_path / "net" / name).write_text(text)
        return str(tmp_path)

    return make


SAVERS = {"iptables-nft-save": SAVED, "iptables-save": SAVED, "iptables-legacy-save": SAVED}
SAVERS6 = {"ip6tables-nft-save": NOTHING, "ip6tables-save": NOTHING, "ip6tables-legacy-save": NOTHING}


@pytest.mark.parametrize(
    ("files", "answer", "outputs", "ports", "gaps"),
    [
        pytest.param({}, 0, {}, [], [], id="no rules: nothing is run"),
        pytest.param({}, 1, {"nft": DNAT}, [80], [], id="nftables"),
        pytest.param(
            {}, 1, {}, [], ["ports that nftables publishes could not be read: the host has no nft"], id="no nft"
        ),
        pytest.param(
            {}, 1, {"nft": b"?"}, [], ["ports that nftables publishes could not be read: nft printed"], id="nonsense"
        ),
        pytest.param(
            {},
            -errno.EPERM,
            {},
            [],
            ["published ports not seen: the collector is root without CAP_NET_ADMIN"],
            id="refused",
        ),
        pytest.param({}, -errno.ENOENT, {}, [], [], id="a kernel without nftables"),
        pytest.param({"modules": "xfs 1 0\n"}, 1, {}, [], [], id="a module that is not loaded is not asked for"),
        pytest.param({"modules": "nf_tables 1 0\n"}, 1, {"nft": DNAT}, [80], [], id="a module that is loaded"),
        pytest.param({}, 1, {"nft": FOREIGN, **SAVERS, **SAVERS6}, [81], [], id="rules of iptables in nftables"),
        pytest.param(
            {},
            1,
            {"nft": FOREIGN},
            [],
            ["ports that nftables publishes could not be read: the host has no ip"],
            id="no iptables",
        ),
        pytest.param({"ip_tables_names": "nat\nraw\n"}, 0, SAVERS, [81], [], id="legacy"),
        pytest.param({"ip_tables_names": "filter\n"}, 0, {}, [], [], id="legacy, without a table that publishes"),
        pytest.param({"ip_vs": "TCP  0A000001:0050 rr\n"}, 0, {}, [80], [], id="ipvs"),
        pytest.param(
            {"ip_vs": "TCP  X:0050 rr\n"},
            0,
            {},
            [],
            ["ports that IPVS publishes could not be read: a row"],
            id="ipvs, nonsense",
        ),
    ],
)
def test_what_is_published(proc, monkeypatch, files, answer, outputs, ports, gaps):  # noqa: PLR0913, PLR0917
    monkeypatch.setattr(_published.os, "uname", lambda: os.uname_result(("Linux", "h", "0.0-none", "v", "m")))
    monkeypatch.setattr(_published, "_there", lambda _program: True)
    modules = files.get("modules")
    if modules is not None:  # what is built in can be told then too
        monkeypatch.setattr(_published._host_files, "read", reader(_published._host_files.read))
    programs = Programs(**outputs)
    found = _published.look(proc(**files), connect=kernel(answer), run=programs)
    assert [one.port for one in found.published] == ports
    assert [gap.detail[: len(said)] for gap, said in zip(found.gaps, gaps)] == gaps
    assert len(found.gaps) == len(gaps)
    assert {gap.affects for gap in found.gaps} <= {"listeners"}
    assert (not programs.ran) == (not outputs and not any("has no" in gap or "printed" in gap for gap in gaps))


@pytest.mark.parametrize(
    ("files", "answer", "expected"),
    [
        pytest.param({}, 0, False, id="no rules"),
        pytest.param({}, 1, True, id="nftables"),
        pytest.param({"ip_tables_names": "raw\n"}, 0, True, id="any legacy table, raw drops too"),
        pytest.param({"ip6_tables_names": "raw\n"}, 0, False, id="legacy, IPv6 alone"),
        pytest.param({}, -errno.EPERM, None, id="refused"),
        pytest.param({}, -errno.EBUSY, None, id="no answer"),
    ],
)
def test_whether_there_are_any_rules(proc, monkeypatch, files, answer, expected):
    monkeypatch.setattr(_published.os, "geteuid", lambda: 0)
    assert _published.has_rules(proc(**files), kernel(answer)) is expected


def reader(read, built_in=b"kernel/fs/xfs.ko\n"):
    def faked_read(path, **options):
        return built_in if path.endswith("modules.builtin") else read(path, **options)

    return faked_read


DISTURBED = struct.pack("=IHHII", 16, 10 << 8, 0x12, 1, 0) + DONE
CUT = (TABLE + DONE, socket.MSG_TRUNC)
NOT_TOLD = "ports that nftables publishes could not be read: it is unknown whether it has tables: "


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(-errno.ENOMEM, "Cannot allocate memory (ENOMEM)", id="no memory"),
        pytest.param(-errno.EBUSY, "Device or resource busy (EBUSY)", id="busy"),
        pytest.param(-errno.EINTR, "the dump was disturbed 5 times", id="interrupted"),
        pytest.param(-errno.ENOBUFS, "the dump was disturbed 5 times", id="no buffers"),
        pytest.param(-errno.EOPNOTSUPP, "Operation not supported", id="not supported"),
        pytest.param(-errno.EAGAIN, "Resource temporarily unavailable", id="again"),
        pytest.param((DISTURBED, 0), "the dump was disturbed 5 times", id="disturbed"),
        pytest.param(CUT, "an answer was longer than", id="cut"),
        pytest.param((TABLE, 0), "Connection timed out", id="never ends"),
        pytest.param((b"", 0), "the kernel closed the dump before its end", id="closed"),
        pytest.param((b"1234567", 0), "7 bytes instead of a message header", id="no message"),
        pytest.param(TimeoutError(), "Connection timed out (ETIMEDOUT)", id="no answer in time"),
        pytest.param(OSError(errno.EAFNOSUPPORT, "x"), "(EAFNOSUPPORT)", id="a sandbox without netlink"),
        pytest.param(OSError(errno.ENOSYS, "x"), "(ENOSYS)", id="a sandbox without sockets"),
    ],
)
def test_a_question_without_an_answer_is_a_gap(proc, answer, said):
    programs = Programs(nft=DNAT)
    (gap,) = _published.look(proc(), connect=kernel(answer), run=programs).gaps
    assert (gap.code, gap.affects, gap.protocol) == ("rules-unread", "listeners", None)
    assert gap.detail.startswith(NOT_TOLD)
    assert said in gap.detail
    assert programs.ran == []


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EINVAL, errno.EPROTONOSUPPORT])
@pytest.mark.parametrize(
    ("modules", "built_in", "gaps"),
    [
        pytest.param(None, b"", 0, id="nobody says otherwise"),
        pytest.param("nf_tables 1 0\n", b"", 1, id="loaded"),
        pytest.param("xfs 1 0\n", b"kernel/net/netfilter/nf_tables.ko\n", 1, id="built in"),
    ],
)
def test_a_kernel_without_nftables(proc, monkeypatch, number, modules, built_in, gaps):  # noqa: PLR0917
    monkeypatch.setattr(_published._host_files, "read", reader(_published._host_files.read, built_in))
    found = _published.look(proc(modules=modules), connect=kernel(-number), run=Programs())
    assert len(found.gaps) == gaps


@pytest.mark.parametrize("covered", [True, False])
def test_a_list_of_modules_that_something_is_mounted_over_is_not_believed(proc, monkeypatch, covered):
    monkeypatch.setattr(_published._host_files, "read", reader(_published._host_files.read))
    place = proc(modules="xfs 1 0\n")
    (pathlib.Path(place) / "self").mkdir()
    (pathlib.Path(place) / "self" / "mounts").write_text("none %s/modules tmpfs rw 0 0\n" % place if covered else "")
    found = _published.look(place, connect=kernel(1), run=Programs(nft=DNAT))
    assert [one.port for one in found.published] == ([80] if covered else [])


NO_MODULES = {"modules": "xfs 1 0\n"}
NOT_SEEN = [("published-unseen", "listeners", "published ports not seen: run with --become")]


@pytest.mark.parametrize(
    ("files", "built_in", "initial", "gaps"),
    [
        pytest.param(NO_MODULES, b"kernel/fs/xfs.ko\n", True, [], id="proved that there can be none"),
        pytest.param(NO_MODULES, b"kernel/fs/xfs.ko\n", False, NOT_SEEN, id="in a container"),
        pytest.param(NO_MODULES, None, True, NOT_SEEN, id="what is built in cannot be told"),
        pytest.param({}, b"kernel/fs/xfs.ko\n", True, NOT_SEEN, id="what is loaded cannot be told"),
        *(
            pytest.param({"modules": "%s 1 0\n" % name}, b"", True, NOT_SEEN, id="%s is loaded" % name)
            for name in ("nf_tables", "ip_tables", "ip6_tables", "ip_vs")
        ),
        *(
            pytest.param(NO_MODULES, b"kernel/net/%s.ko\n" % name, True, NOT_SEEN, id="%s is built in" % name.decode())
            for name in (b"nf_tables", b"ip_tables", b"ip6_tables", b"ip_vs")
        ),
    ],
)
def test_without_privilege_only_proof_of_none_counts(proc, monkeypatch, files, built_in, initial, gaps):  # noqa: PLR0917
    monkeypatch.setattr(_published.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(_published._host_files, "read", reader(_published._host_files.read, built_in))
    place = pathlib.Path(proc(**files))
    if initial:
        (place / "sys/net/core").mkdir(parents=True)
        (place / "sys/net/core/netdev_max_backlog").write_text("1000\n")
    found = _published.look(str(place), connect=kernel(-errno.EPERM), run=Programs())
    assert [(gap.code, gap.affects, gap.detail) for gap in found.gaps] == gaps


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (
            PermissionError(errno.EACCES, "no"),
            "published-unseen",
            "published ports not seen: the collector is root without CAP_NET_ADMIN",
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            "rules-unread",
            "ports that iptables publishes could not be read: /",
        ),
        (
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            "rules-unread",
            "ports that iptables publishes could not be read: /",
        ),
    ],
    ids=["denied", "broken", "no memory"],
)
def test_a_list_of_tables_that_cannot_be_read(proc, monkeypatch, error, code, detail):
    whole = _published._host_files.whole

    def failing(path, **options):
        if path.endswith("ip6_tables_names"):
            raise error
        return whole(path, **options)

    monkeypatch.setattr(_published._host_files, "whole", failing)
    (gap,) = _published.look(proc(), connect=kernel(0), run=Programs()).gaps
    assert (gap.code, gap.affects) == (code, "listeners")
    assert gap.detail.startswith(detail)


LEGACY = b"# Generated by iptables-save v1.8.9 on Sun Nov 29 2026\n" + SAVED
OLD = b"# Generated by iptables-save v1.4.21 on Sun Nov 29 2026\n" + SAVED
IN_NFT = b"# Generated by iptables-save v1.8.9 (nf_tables) on Sun Nov 29 2026\n" + SAVED
IN_NFT_OLD = b"# Generated by xtables-save v1.8.2 on Sun Nov 29 2026\n" + SAVED
BOTH = {"ip_tables_names": "nat\n", "ip6_tables_names": ""}


@pytest.mark.parametrize(
    ("outputs", "there", "ports", "said"),
    [
        pytest.param({"iptables-legacy-save": LEGACY}, None, [81], [], id="its own program"),
        pytest.param({"iptables-save": LEGACY}, None, [81], [], id="the one that both have"),
        pytest.param({"iptables-save": OLD}, None, [81], [], id="of before there were two"),
        pytest.param({"iptables-save": IN_NFT, "xtables-legacy-multi": LEGACY}, None, [81], [], id="all in one"),
        pytest.param(
            {"iptables-save": IN_NFT},
            ["iptables-save"],
            [],
            ["iptables-save does not show the table nat of iptables-legacy"],
            id="the other variant",
        ),
        pytest.param(
            {"iptables-save": IN_NFT_OLD},
            ["iptables-save"],
            [],
            ["iptables-save does not show the table nat of iptables-legacy"],
            id="the other variant as it once was",
        ),
        pytest.param(
            {"iptables-save": b"*filter\nCOMMIT\n"},
            ["iptables-save"],
            [],
            ["iptables-save does not show the table nat of iptables-legacy"],
            id="without the table",
        ),
        pytest.param({}, ["iptables-save"], [], ["the host has no iptables-save"], id="fails"),
        pytest.param({}, [], [], ["the host has no iptables-legacy-save"], id="none"),
    ],
)
def test_legacy_tables_are_read_by_what_shows_them(proc, monkeypatch, outputs, there, ports, said):  # noqa: PLR0917
    monkeypatch.setattr(_published, "_there", lambda program: there is None or program in there)
    found = _published.look(proc(**BOTH), connect=kernel(0), run=Programs(**outputs))
    assert [one.port for one in found.published] == ports
    assert [gap.detail for gap in found.gaps] == [
        "ports that iptables publishes could not be read: " + why for why in said
    ]


def test_tables_of_iptables_in_nftables_are_not_read_by_the_legacy_program(proc, monkeypatch):
    monkeypatch.setattr(_published, "_there", lambda program: program == "iptables-save")
    programs = Programs(nft=FOREIGN, **{"iptables-save": LEGACY})
    found = _published.look(proc(), connect=kernel(1), run=programs)
    said = "ports that nftables publishes could not be read: iptables-save does not show the table nat of iptables-nft"
    assert ([gap.detail for gap in found.gaps], found.published) == ([said], ())


def test_programs_share_their_time(proc, monkeypatch):
    monkeypatch.setattr(_published, "_there", lambda _program: True)
    clock = iter(range(0, 1000, 9))
    monkeypatch.setattr(_published.time, "monotonic", lambda: next(clock))
    programs = Programs(nft=FOREIGN)
    found = _published.look(proc(), connect=kernel(1), run=programs)
    assert programs.ran == ["nft"]
    said = "ports that nftables publishes could not be read: the time limit left no time to run iptables-nft-save"
    assert [gap.detail for gap in found.gaps] == [said]


def test_tables_of_ip6tables_are_read_by_themselves(proc, monkeypatch):
    monkeypatch.setattr(_published, "_there", lambda _program: True)
    programs = Programs(**{"ip6tables-legacy-save": LEGACY})
    found = _published.look(proc(ip6_tables_names="nat\n"), connect=kernel(0), run=programs)
    assert [(one.family, one.port) for one in found.published] == [("ipv6", 81)]
    assert programs.ran == ["ip6tables-legacy-save"]


UNKNOWN = NFT % b'{"teleport": {"to": "mars"}}'


def test_what_is_not_known_is_named_beside_what_is(proc, monkeypatch):
    monkeypatch.setattr(_published, "_there", lambda _program: True)
    rules = b"*nat\n-A PREROUTING -p tcp --dport 81 -j DNAT --to-destination 10.0.0.3\n-A PREROUTING -j WARP\nCOMMIT\n"
    programs = Programs(nft=UNKNOWN, **{"iptables-legacy-save": rules})
    found = _published.look(proc(ip_tables_names="nat\n"), connect=kernel(1), run=programs)
    assert [one.port for one in found.published] == [81]
    assert [gap.detail for gap in found.gaps] == [
        "ports that nftables publishes could not be read: the effect of these is not known: the statement teleport",
        "ports that iptables publishes could not be read: the effect of these is not known: the target WARP",
    ]


def test_a_table_that_is_too_long(proc, monkeypatch):
    monkeypatch.setattr(_published, "LARGEST", 4096)
    found = _published.look(proc(ip_vs="TCP  0A000001:0050 rr\n" * 400), connect=kernel(0), run=Programs())
    assert [gap.code for gap in found.gaps] == ["rules-unread"]
    assert found.published == ()


def test_a_proc_without_net(tmp_path):
    """As ``subset=pid`` leaves it: that a list is not there says nothing."""
    found = _published.look(str(tmp_path), connect=kernel(0), run=Programs())
    assert [gap.code for gap in found.gaps] == ["rules-unread", "rules-unread"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["fleetports-no-such-program"], "fleetports-no-such-program: the host has no such command"),
        (["false"], "false ended with status 1: it printed no error"),
    ],
    ids=["not there", "fails"],
)
def test_programs_that_do_not_tell(command, said):
    with pytest.raises(_published.RulesUnread, match=said):
        _published.run(command)


def test_what_a_program_prints():
    assert _published.run(["echo", "x"]) == b"x\n"
