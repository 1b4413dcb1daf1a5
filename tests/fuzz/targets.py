# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every parser of what a host, an inventory, a policy or a stored run says, with the errors that it documents.

A new parser gets a target here: a right document or two, its error, and what always holds of its answer.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import ipaddress
import json
import os
import pathlib
import tempfile
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import (
    _bsd_net,
    _listing,
    _lsof,
    _ps,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _libxo, _sockstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _launchctl, _netstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _tool
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import Options
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _rtnetlink,
    _sock_diag,
    _wire,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _io_uring
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import (
    _iptables,
    _ipvs,
    _nat,
    _nft,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import (
    _proc_net,
    _process,
    _users,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import (
    _cgroup,
    _socket_units,
    _unit_files,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host import _host_answer
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import parse_iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._durations import read_duration
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._control_choices import (
    ControlsProblem,
    read_controls,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import compare as drift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    assemble,
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_shape import (
    answer_fault,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import check_failure
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._read_evidence import check
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files as files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _manifest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._file_names import file_name
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_catalogue import HazardCatalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_choices import (
    HazardsProblem,
    read_hazards,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._assess import Assessor
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import (
    from_record,
    to_record,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._source import Source
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._convert import ConvertError, convert
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._host_replay import compare as replay
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import FormatProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _json as report_json
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._choice import Choice, Surroundings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import build as render
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.plugins.plugin_utils._windows import _http_sys
from ansible_collections.fleetports.compliance.plugins.plugin_utils._windows._observation import observation
from ansible_collections.fleetports.compliance.tests.fuzz.engine import Target
from ansible_collections.fleetports.compliance.tests.fuzz.kernel import RECORDED, SOCKETS, Kernel
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import fields
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGISTRY = Registry.load()
CATALOGUE = Catalogue.load()
HAZARDS = HazardCatalogue.load()
RUN = "20261122T000000Z-abcdef"
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
POLICY_FILES = sorted((ROOT / "roles" / "port_audit" / "files" / "policies").glob("*.yml"))
_WORK = tempfile.TemporaryDirectory(prefix="fleetports-fuzz-")
WORK = pathlib.Path(_WORK.name)


def text(raw: bytes) -> str:
    """As a command's output is read."""
    return _tool.text(raw)


def possible(rows: t.Iterable[_listing.Row]) -> None:
    for row in rows:
        ipaddress.ip_address(row.address)
        assert 0 <= row.port <= 65535
        assert row.family in ("ipv4", "ipv6")


def table(listing: _listing.Listing | _listing.SourceTable) -> None:
    rows = listing.table.rows if isinstance(listing, _listing.Listing) else listing.rows
    possible(rows)
    people = _listing.OwnerTable({}, all_seen=True)
    json.dumps(to_dict(_listing.listeners(rows, people, ephemeral=None)), allow_nan=False)


def sockets(raw: bytes) -> None:
    for one in _sock_diag.dump("tcp", 6, "ipv4", state=_sock_diag.LISTEN, connect=Kernel(raw)):
        ipaddress.ip_address(one.address)
        assert 0 <= one.port <= 65535
        assert one.inode >= 0


def rtnetlink(raw: bytes) -> None:
    for ask in (_rtnetlink.addresses, _rtnetlink.tunnel_ports):
        with contextlib.suppress(_wire.NetlinkError):
            ask(connect=Kernel(raw))
    for address in _rtnetlink.addresses(connect=Kernel(raw)):
        ipaddress.ip_address(address.address)


def routes(raw: bytes) -> None:
    _rtnetlink.all_routes("ipv4", most=1000, connect=Kernel(raw))


def proc_net(raw: bytes) -> None:
    (WORK / "net").mkdir(exist_ok=True)
    refused = 0
    for family, name in (("ipv4", "tcp"), ("ipv6", "tcp6")):
        (WORK / "net" / name).write_bytes(raw)
        try:
            found = _proc_net.dump("tcp", family, state=_sock_diag.LISTEN, proc=str(WORK))
        except _proc_net.ProcNetError:
            refused += 1
            continue
        for one in found:
            ipaddress.ip_address(one.address)
            assert 0 <= one.port <= 65535
    if refused == 2:
        raise _proc_net.ProcNetError("neither family")


def nft(raw: bytes) -> None:
    for found in _walked(_nft.read(raw)):
        assert found


def _walked(read: t.Any) -> t.Iterator[t.Any]:
    """What is published by a ruleset, however many it is."""
    rulesets = [read] if isinstance(read, _nat.Ruleset) else [part for part in read if isinstance(part, _nat.Ruleset)]
    for ruleset in rulesets:
        yield _nat.walk(ruleset)


def iptables(raw: bytes) -> None:
    for family in ("ipv4", "ipv6"):
        list(_walked(_iptables.read(raw, family)))


def cgroup(raw: bytes) -> None:
    for whole in (True, False):
        _cgroup.parse(raw, _cgroup.CgroupReader(whole))


def unit(raw: bytes) -> None:
    settings: dict[tuple[str, str], list[str]] = {}
    _unit_files.parse(raw, settings)
    for bind in _socket_units.binds(_unit_files.Unit("x.socket", settings)):
        ipaddress.ip_address(bind.address)
        assert 0 <= bind.port <= 65535


def process(raw: bytes) -> None:
    _process.effective_uid(raw)
    _process.state(raw)
    _process.started(raw, booted=1_700_000_000)
    _io_uring.parse(raw)


def host_files(raw: bytes) -> None:
    """Files of /proc and /etc, each with the same content."""
    names = ("etc/passwd", "etc/os-release", "etc/machine-id", "self/status", "stat", "net/protocols")
    settings = ("sys/net/ipv4/ip_local_port_range", "sys/net/ipv4/ip_local_reserved_ports", "self/mounts", "uptime")
    for name in (*names, *settings):
        path = WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    roots = _host_files.Roots(str(WORK), str(WORK))
    json.dumps(_host_facts.facts(roots), allow_nan=False)
    _host_facts.ephemeral(roots.proc)
    _host_facts.capabilities(roots.proc)
    _users.Users.load(roots).name(0)
    _process.boot_time(roots.proc)


def ifconfig(raw: bytes) -> None:
    for own in _bsd_net.parse(text(raw), []):
        ipaddress.ip_address(own["address"])
        assert own["prefix_length"] is None or 0 <= own["prefix_length"] <= 128


def sysctl(raw: bytes) -> None:
    _bsd_net.ephemeral(lambda *_words: _tool.ToolAnswer(text(raw)))


def lsof(raw: bytes) -> None:
    table(_lsof.parse(text(raw)))
    _lsof.executables(lambda *_words: _tool.ToolAnswer(text(raw)), [1])


def netstat(raw: bytes) -> None:
    for wide in (True, False):
        table(_netstat.parse(text(raw), wide=wide))


def sockstat(raw: bytes) -> None:
    for wide in (True, False):
        table(_sockstat.parse_text(text(raw), wide=wide))


def libxo(raw: bytes) -> None:
    answer = _tool.ToolAnswer(text(raw))
    _libxo.numbers("procstat", answer, "process_id", "pathname")


def windows(raw: bytes) -> None:
    result = json.loads(raw)
    if not isinstance(result, dict):
        return
    seen = observation(result, Options(http_sys=True))
    possible_listeners(seen["listeners"])
    document = assembled(seen)
    judged(document)


def possible_listeners(listeners: t.Iterable[t.Mapping[str, t.Any]]) -> None:
    for one in listeners:
        ipaddress.ip_address(one["address"])
        assert 0 <= one["port"] <= 65535


def answer(raw: bytes) -> None:
    """All that a host prints, as far as evidence."""
    printed = raw.decode("utf-8", "surrogateescape")
    result = _host_answer.read(_host_answer.ModuleOutput(rc=0, stdout=printed, stderr=printed))
    json.dumps(result, allow_nan=False).encode()
    if not result.get("failed") and answer_fault(result) is None:
        judged(assembled(result))


def assembled(seen: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    binding = {"id": RUN, "policy": POLICY.sha256, "as_of": "2026-11-22T00:00:00Z"}
    document = assemble(seen, name="web1", groups=["all"], run=binding, started=NOW, ended=NOW)
    return t.cast("dict[str, t.Any]", json.loads(json.dumps(document)))


def judged(document: t.Any) -> None:
    """What every reader of evidence does with a document that it believes."""
    with contextlib.suppress(EvidenceError):
        believed = check(document, run_id=RUN, name="web1.json")
        result = Assessor({POLICY.sha256: POLICY}, REGISTRY).judge(believed)
        assert result.verdict in ("pass", "waived", "warn", "unverified", "fail")
        for one, other in ((EVIDENCE, believed), (believed, EVIDENCE)):
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):  # as host_drift does
                drift(one, other)
        judge = Judge(POLICY, REGISTRY)
        replay(believed, before=judge, after=judge, as_of=None)
        model = build(sample.run(policies=(POLICY,)), [HostReport("web1", ("all",), result, document=believed)], [])
        "".join(report_json.render(model)).encode("utf-8", "surrogateescape")
        for choice in CHOICES:
            for piece in render(model, choice, Surroundings(template_dirs=[str(TEMPLATES)], files={})):
                piece.encode("utf-8", "surrogateescape")


def evidence(raw: bytes) -> None:
    judged(files.parse(raw, name="web1.json"))


def record(raw: bytes) -> None:
    found = RunRecord.from_dict(files.parse(raw, name="run.json"))
    files.parse(json.dumps(found.to_dict()).encode(), name="run.json")
    assert set(found.left_out) <= set(found.inventory)


def failure(raw: bytes) -> None:
    _host, _run, found = check_failure(files.parse(raw, name="failures/web1.json"), name="web1.json")
    assert found.reason.isprintable()


def manifest(raw: bytes) -> None:
    path = WORK / "SHA256SUMS"
    path.write_bytes(raw)
    for name, digest in _manifest.read(str(path)).items():
        assert name
        assert len(digest) == 64


def policy(raw: bytes) -> None:
    loaded = load_layers([Source("policy.yml", content=raw)], registry=REGISTRY)
    assert to_json(from_json(to_json(loaded))) == to_json(loaded)


def compiled(raw: bytes) -> None:
    from_json(raw.decode("utf-8", "replace"))


def policy_record(raw: bytes) -> None:
    kept = from_record(raw.decode("utf-8", "replace"))
    assert from_record(to_record(kept)) == kept


def name(raw: bytes) -> None:
    host = raw.decode("utf-8", "surrogatepass" if b"\xed" in raw else "surrogateescape")
    found = file_name(host)
    assert found.isascii()
    assert found.endswith(".json")
    assert os.path.basename(found) == found
    assert len(found) < 200
    assert file_name(host + "x") != found


def duration(raw: bytes) -> None:
    value = _value(raw)
    found = read_duration(value)
    assert found is None or found >= datetime.timedelta(0)


def limit(raw: bytes) -> None:
    read_limit(_value(raw)).forgiven(3, expected=10, assessed=7)


def moment(raw: bytes) -> None:
    found = parse_iso(raw.decode("utf-8", "replace"))
    assert found.tzinfo is not None


def formats(raw: bytes) -> None:
    value = _value(raw)
    read_choices(value if isinstance(value, list) else [value])


def controls(raw: bytes) -> None:
    value = _value(raw)
    read_controls(value if isinstance(value, list) else [value], CATALOGUE)


def hazards(raw: bytes) -> None:
    value = _value(raw)
    read_hazards(value if isinstance(value, list) else [value], HAZARDS)


def _value(raw: bytes) -> t.Any:
    """As Ansible hands one on: JSON where it is, else the text."""
    decoded = raw.decode("utf-8", "replace")
    try:
        return json.loads(decoded)
    except (ValueError, RecursionError):
        return decoded


def registry(raw: bytes) -> None:
    convert(raw.decode("utf-8", "replace").splitlines(), snapshot="2026-06", minimum=1)


POLICY = load_layers(
    [
        Source(
            "policy.yml",
            content=json.dumps(
                {
                    "version": 1,
                    "name": "fuzz",
                    "rules": [
                        {"id": "ssh", "protocol": "tcp", "port": 22, "reach": "private", "process": {"user": "root"}},
                        {"id": "no", "protocol": ["tcp", "udp"], "port": "8000-9000", "expect": "forbidden"},
                        {"id": "db", "protocol": "tcp", "port": 5432, "expect": "required"},
                    ],
                }
            ).encode(),
        )
    ],
    registry=REGISTRY,
)
TEMPLATES = ROOT / "roles" / "port_audit" / "templates"
CHOICES = tuple(
    Choice(name, f"r.{name}") for name in ("junit", "sarif", "csv", "github", "gitlab", "openmetrics", "console")
)
_SEEN = nothing_seen("x", "y")
_SEEN["host"] = {
    "hostname": "web1",
    "machine_id": "1" * 32,
    "boot_id": "b",
    "kernel": "6.1",
    "python": "3.11",
    "os": {"id": "debian", "version": "12", "name": "Debian"},
    "addresses": [{"address": "10.0.0.5", "prefix_length": 24, "device": "eth0", "namespace": 4026531840}],
    "ephemeral_ports": {"first": 32768, "last": 60999, "reserved": [[40000, 40010]]},
    "clock": "2026-11-22T00:00:00Z",
}
_SEEN["collector"] = {**_SEEN["collector"], "gaps": _SEEN["collector"]["gaps"], "platform": "linux"}
_SEEN["listeners"] = to_dict([listener(), listener(8081, JAVA), listener(53, protocol="udp", address="::")])
EVIDENCE = assembled(copy.deepcopy(_SEEN))
_RECORD = {
    "run_version": 1,
    "id": RUN,
    "started": "2026-11-22T00:00:00Z",
    "ended": None,
    "user": "a",
    "controller": "c",
    "ansible_version": "2.19",
    "collection_version": "0.1.0",
    "limit": None,
    "expected": ["web1"],
    "left_out": 1,
    "inventory": {"web1": ["all"], "db1": ["all"]},
    "options": {},
    "policies": [],
    "on_trust": ["x"],
    "origins": {"web1": {"run": RUN, "policy": "ab", "as_of": "2026-11-22", "groups": ["all"], "absent": None}},
    "sources": [
        {"id": RUN, "started": "x", "controller": "c", "limit": None, "expected": 1, "finished": True},
    ],
}
_FAILURE = {"host": "web1", "run": RUN, "kind": "unreachable", "message": "refused", "note": None, "policy": "ab"}
_WINDOWS = {
    "raw": {
        "clock": ["2026-11-24T12:00:00Z"],
        "tcp": [{"address": "::", "port": 80, "pid": 4}, {"address": "fe80::1%12", "port": 49700, "pid": 2000}],
        "udp": [{"address": "0.0.0.0", "port": 123, "pid": 1200}],
        "processes": [{"pid": 4, "name": "System", "exe": None, "started": "2026-11-20T08:00:00Z"}],
        "services": [{"pid": 1200, "name": "W32Time"}],
        "users": [{"pid": 1200, "user": "NT AUTHORITY\\LOCAL SERVICE"}],
        "addresses": [{"address": "10.0.0.7", "prefix_length": 24, "device": "Ethernet 2"}],
        "dynamic_ports": [{"setting": "Internet", "start": 49152, "count": 16384}],
        "system": [{"hostname": "W", "caption": "Windows", "version": "10.0", "booted": "2026-11-20T08:00:00Z"}],
        "machine_id": ["3d1219c7"],
        "elevated": [True],
        "http_sys": ["Head\nQueue\n  Processes:\n    ID: 3248, image: w3wp.exe\n  URLs:\n    HTTP://+:80/X/\n"],
    },
    "failed_sources": {"x": {"id": "a", "message": "b"}},
}
_ROW = (
    b"   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 0\n"
)
_ROW6 = _ROW.replace(b"0100007F", b"0" * 32).replace(b"00000000:0000 ", b"0" * 32 + b":0000 ", 1)
_NFT = json.dumps(
    {
        "nftables": [
            {"metainfo": {"json_schema_version": 1}},
            {"table": {"family": "ip", "name": "nat", "handle": 1}},
            {
                "chain": {
                    "family": "ip",
                    "table": "nat",
                    "name": "PRE",
                    "handle": 1,
                    "type": "nat",
                    "hook": "prerouting",
                    "prio": -100,
                    "policy": "accept",
                }
            },
            {"chain": {"family": "ip", "table": "nat", "name": "DOCKER", "handle": 2}},
            {
                "rule": {
                    "family": "ip",
                    "table": "nat",
                    "chain": "PRE",
                    "handle": 3,
                    "expr": [{"jump": {"target": "DOCKER"}}],
                }
            },
            {
                "rule": {
                    "family": "ip",
                    "table": "nat",
                    "chain": "DOCKER",
                    "handle": 4,
                    "expr": [
                        {"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": "tcp"}},
                        {
                            "match": {
                                "op": "==",
                                "left": {"payload": {"protocol": "tcp", "field": "dport"}},
                                "right": {"set": [80, {"range": [8000, 8099]}]},
                            }
                        },
                        {"dnat": {"addr": "10.0.0.2", "port": 80}},
                    ],
                }
            },
        ]
    }
).encode()
_SAVED = b"""# Generated by iptables-save
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080:8090 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER -p tcp -m comment --comment "a \\"b\\" !" -m tcp --dport 81 -j DNAT --to-destination 172.17.0.2:80
-A PREROUTING -p udp -m multiport --dports 53,5353 -j REDIRECT --to-ports 53
COMMIT
"""
_IPVS = b"""IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000001:0050 rr
  -> C0A80002:1F90      Masq    1      0          0
UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 wlc persistent 300 FFFFFFFF
FWM  00000001 rr
"""
_UNIT = b"""[Unit]
Description=x
[Socket]
ListenStream=22
ListenStream=[::1]:80
ListenDatagram=127.0.0.1:53
ListenStream=/run/x.sock
ListenStream=
Service=a@%i.service
"""
_PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:\n"
_STATUS = b"Name:\tsshd\nState:\tS (sleeping)\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n"
_STAT = b"7 (sshd) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0\ncpu 1 2\nbtime 1700000000\n"
_URING = b"pos:\t0\nUserFiles:\t2\n    0: [eventfd]\n    1: socket:[77]\nPollList:\n  op=13, task_works=0\n"
_IFCONFIG = b"""lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
utun0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
\tinet 100.64.0.2 --> 100.64.0.1 netmask 255.255.255.255
\tinet 10.0.0.1/24 broadcast 10.0.0.255
"""
_LSOF = (
    fields("p1 claunchd u0 Lroot", "f9 tIPv6 d0x1 PTCP n*:22 TST=LISTEN", "p500 cApp u-2 Lme", "f3 tIPv4 d7 PUDP n*:53")
    + fields("p500", "ftxt D0x1 i1 n/bin/x")
).encode()
_NETSTAT = b"""Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid
tcp46      0      0  *.22                   *.*                    LISTEN      131072 131072      1      0
tcp6       0      0  fe80::1%9.88           *.*                    LISTEN      131072 131072   a:500      0
udp4       0      0  *.5353                 *.*                                786896   9216    200      0
"""
_SOCKSTAT = b"""USER     COMMAND    PID   FD PROTO  LOCAL ADDRESS         FOREIGN ADDRESS
root     sshd       812   4  tcp46  *:22                  *:*
?        ?          ?     ?  udp4   127.0.0.1:2049        *:*
www      my nginx   900   6  tcp6   [fe80::1%lo0]:80      *:*
"""
_SOCKSTAT_JSON = json.dumps(
    {
        "sockstat": {
            "socket": [
                {
                    "user": "root",
                    "command": "sshd",
                    "pid": 812,
                    "fd": 4,
                    "proto": "tcp46",
                    "local": {"address": "*", "port": 22},
                    "foreign": {"address": "*", "port": 0},
                },
                {
                    "proto": "udp4",
                    "local": {"address": "10.0.0.9", "port": 2049},
                    "foreign": {"address": "*", "port": 0},
                },
            ]
        }
    }
).encode()
_LIBXO = b'{"procstat": {"binary": {"812": {"process_id": 812, "pathname": "/usr/sbin/sshd"}}}}'
_PS = b"  812     0 Tue Nov 24 12:09:29 2026 sshd\n  900    -2 3 Sun Mar  1 02:09:29 2026 a b\n"
_IANA = (
    b"Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,"
    b"Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n"
    b"ssh,22,tcp,SSH,[x],[x],,,[RFC4251],,,\n,225-241,,Reserved,[x],[x],,,,,,\nx11,6000-6063,udp,X,[x],[x],,,,,,\n"
)

_HAZARDS = b'["redis:low", {"id": "x", "title": "x", "ports": {"tcp": [1, "2-3"]}, "severity": "low", "why": "it is"}]'
_LIST = [
    Target("netlink", sockets, list(SOCKETS.values()), (_wire.NetlinkError,)),
    Target("rtnetlink", rtnetlink, list(RECORDED.values()), (_wire.NetlinkError,)),
    Target("routes", routes, list(RECORDED.values()), (_wire.NetlinkError,)),
    Target("proc_net", proc_net, [b"head\n" + _ROW, b"head\n" + _ROW6], (_proc_net.ProcNetError,)),
    Target("nft", nft, [_NFT], (_nft.NftUnreadable,), (b'"map"', b'"vmap"', b'"concat"', b'"prefix"', b'"redirect"')),
    Target(
        "iptables",
        iptables,
        [_SAVED],
        (_iptables.IptablesUnreadable,),
        (b"!", b"-j NETMAP --to 10.0.0.0/8", b"-g", b"\\"),
    ),
    Target("ipvs", _ipvs.read, [_IPVS], (_ipvs.IpvsUnreadable,)),
    Target("cgroup", cgroup, [b"0::/system.slice/ssh.service\n", b"1:name=systemd:/docker/%s\n0::/x\n" % (b"a" * 64)]),
    Target("unit", unit, [_UNIT], (), (b"ListenStream=", b"65536", "\u0662".encode(), b"[", b"]", b"=", b"%")),
    Target("process", process, [_STATUS, _STAT, _URING]),
    Target("host_files", host_files, [_PASSWD, _STATUS, _STAT, b"32768 60999\n", b"8080,9000-9100\n", b'ID="a"\n']),
    Target("ifconfig", ifconfig, [_IFCONFIG], (), (b"netmask", b"prefixlen", b"-->", b"inet", b"inet6", b"/")),
    Target("sysctl", sysctl, [b"49152\n65535\n"], (_tool.ToolError,)),
    Target("lsof", lsof, [_LSOF], (_tool.ToolError,), (b"\0", b"\np", b"\nf", b"\\x20", b"ST=LISTEN")),
    Target("netstat", netstat, [_NETSTAT], (), (b"tcp46", b"LISTEN", b".", b"process:pid")),
    Target("sockstat", sockstat, [_SOCKSTAT], (), (b"tcp46", b"??", b"udplite6")),
    Target("sockstat_json", lambda raw: table(_sockstat.parse_json(text(raw))), [_SOCKSTAT_JSON], (_tool.ToolError,)),
    Target("libxo", libxo, [_LIBXO], (_tool.ToolError,)),
    Target("launchctl", lambda raw: _launchctl.parse(text(raw)), [b"PID\tStatus\tLabel\n89\t0\tcom.x\n-\t0\tcom.y\n"]),
    Target("ps", lambda raw: _ps.parse(text(raw)), [_PS]),
    Target("windows", windows, [json.dumps(_WINDOWS).encode()], (ValueError, RecursionError)),
    Target("http_sys", lambda raw: _http_sys.processes(text(raw)), [_WINDOWS["raw"]["http_sys"][0].encode()]),
    Target("answer", answer, [json.dumps({**_SEEN, "warnings": ["w"], "changed": False}).encode()], (EvidenceError,)),
    Target("evidence", evidence, [json.dumps(EVIDENCE).encode()], (EvidenceError,)),
    Target("run.json", record, [json.dumps(_RECORD).encode()], (EvidenceError,)),
    Target("failure", failure, [json.dumps(_FAILURE).encode()], (EvidenceError,)),
    Target("manifest", manifest, [b"%s  run.json\n%s  evidence/a.json\n" % (b"a" * 64, b"b" * 64)], (EvidenceError,)),
    Target(
        "policy", policy, [path.read_bytes() for path in POLICY_FILES], (PolicyError,), (b"&a", b"*a", b"<<:", b"1:2:3")
    ),
    Target("compiled_policy", compiled, [to_json(POLICY).encode()], (PolicyError,)),
    Target("policy_record", policy_record, [to_record(POLICY).encode(), to_json(POLICY).encode()], (PolicyError,)),
    Target("names", name, [b"web1", b"nul.example.org", "\u00e9".encode(), b"h" * 300], (UnicodeDecodeError,)),
    Target("durations", duration, [b"24h", b"90m", b"7d", b"2w", b'""', b"5"], (ValueError,)),
    Target("limits", limit, [b"2", b"5%", b"5 %", b'"3"'], (ValueError,)),
    Target("times", moment, [b"2026-11-22T22:59:07Z", b"2026-11-22"], (ValueError,)),
    Target("formats", formats, [b'["html", {"format": "junit", "path": "x", "mode": "0644"}]'], (FormatProblem,)),
    Target("controls", controls, [b'["pci-dss", {"framework": "a", "version": "1", "id": "x"}]'], (ControlsProblem,)),
    Target("hazards", hazards, [_HAZARDS], (HazardsProblem,)),
    Target("registry", registry, [_IANA], (ConvertError,)),
]
TARGETS: dict[str, Target] = {target.name: target for target in _LIST}
