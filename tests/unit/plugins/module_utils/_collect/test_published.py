# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a packet filter's own program is run, and what becomes of what it cannot tell. Scenes have real rules."""

from __future__ import annotations

import errno
import os
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _published

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
    """Says that there are tables, that there are none, or refuses."""

    class Connection:
        def __init__(self, _protocol):
            pass

        def send(self, data):
            return len(data)

        def recvmsg(self, _size):
            if answer < 0:
                return struct.pack("=IHHIIi", 20, 2, 0, 1, 0, answer), [], 0, (0, 0)
            return TABLE * answer + DONE, [], 0, (0, 0)

        def close(self):
            pass

    return Connection


class Programs:
    """What they print; those that are not named fail."""

    def __init__(self, **outputs):
        self.outputs = outputs
        self.ran = []

    def __call__(self, command):
        self.ran.append(command[0])
        if command[0] not in self.outputs:
            raise _published.Unread("the host has no %s" % command[0])
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
        pytest.param({}, 1, {}, [], ["what nftables publishes cannot be read: the host has no nft"], id="no nft"),
        pytest.param({}, 1, {"nft": b"?"}, [], ["what nftables publishes cannot be read: nft printed"], id="nonsense"),
        pytest.param({}, -errno.EPERM, {}, [], ["what nftables publishes may not be read"], id="refused"),
        pytest.param({}, -errno.ENOENT, {}, [], [], id="a kernel without nftables"),
        pytest.param({"modules": "xfs 1 0\n"}, 1, {}, [], [], id="a module that is not loaded is not asked for"),
        pytest.param({"modules": "nf_tables 1 0\n"}, 1, {"nft": DNAT}, [80], [], id="a module that is loaded"),
        pytest.param({}, 1, {"nft": FOREIGN, **SAVERS, **SAVERS6}, [81], [], id="rules of iptables in nftables"),
        pytest.param(
            {},
            1,
            {"nft": FOREIGN},
            [],
            ["what nftables publishes cannot be read: the host has no ip"],
            id="no iptables",
        ),
        pytest.param({"ip_tables_names": "nat\nraw\n"}, 0, SAVERS, [81], [], id="legacy"),
        pytest.param({"ip_tables_names": "filter\n"}, 0, {}, [], [], id="legacy, without a table that publishes"),
        pytest.param({"ip_vs": "TCP  0A000001:0050 rr\n"}, 0, {}, [80], [], id="ipvs"),
        pytest.param(
            {"ip_vs": "TCP  X:0050 rr\n"}, 0, {}, [], ["what IPVS publishes cannot be read: a row"], id="ipvs, nonsense"
        ),
    ],
)
def test_what_is_published(proc, monkeypatch, files, answer, outputs, ports, gaps):  # noqa: PLR0913, PLR0917
    monkeypatch.setattr(_published.os, "uname", lambda: os.uname_result(("Linux", "h", "0.0-none", "v", "m")))
    monkeypatch.setattr(_published, "_there", lambda _program: True)
    modules = files.get("modules")
    if modules is not None:  # what is built in can be told then too
        monkeypatch.setattr(_published._files, "read", reader(_published._files.read))
    programs = Programs(**outputs)
    found = _published.look(proc(**files), connect=kernel(answer), run=programs)
    assert [one.port for one in found.published] == ports
    assert [gap.detail[: len(said)] for gap, said in zip(found.gaps, gaps)] == gaps
    assert len(found.gaps) == len(gaps)
    assert {gap.affects for gap in found.gaps} <= {"paths" if "may not be" in said else "listeners" for said in gaps}
    assert (not programs.ran) == (not outputs and not any("has no" in gap or "printed" in gap for gap in gaps))


def reader(read):
    def faked_read(path, **options):
        return b"kernel/fs/xfs.ko\n" if path.endswith("modules.builtin") else read(path, **options)

    return faked_read


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["fleetports-no-such-program"], "fleetports-no-such-program: there is no such command"),
        (["false"], "false ended with status 1: it said nothing"),
    ],
    ids=["not there", "fails"],
)
def test_programs_that_do_not_tell(command, said):
    with pytest.raises(_published.Unread, match=said):
        _published.run(command)


def test_what_a_program_prints():
    assert _published.run(["echo", "x"]) == b"x\n"
