# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what PowerShell gathered to the record that every collector gives. Answers are written, not recorded."""

from __future__ import annotations

import json
import typing as t

import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import Options
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
from ansible_collections.fleetports.compliance.plugins.plugin_utils._windows._observation import observation
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._evidence.document import (
    test_evidence_document,
)
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._windows.test_http_sys import SERVER_2019

Record = dict[str, t.Any]
NOT_FOUND = {
    "id": "CmdletizationQuery_NotFound_State,Get-NetTCPConnection",
    "message": "No matching MSFT_NetTCPConnection objects found by CIM query",
}


def answer(*, failed: Record | None = None, **sources: t.Any) -> Record:
    """A server that is well; ``sources`` are others, ``failed`` those that gave nothing."""
    raw: Record = {
        "clock": ["2026-11-24T12:00:00Z"],
        "tcp": [
            {"address": "0.0.0.0", "port": 135, "pid": 912},
            {"address": "::", "port": 135, "pid": 912},
            {"address": "::", "port": 80, "pid": 4},
            {"address": "10.0.0.7", "port": 139, "pid": 4},
            {"address": "fe80::1%12", "port": 49700, "pid": 2000},
        ],
        "udp": [{"address": "0.0.0.0", "port": 123, "pid": 1200}, {"address": "127.0.0.1", "port": 55000, "pid": 77}],
        "processes": [
            {"pid": 4, "name": "System", "exe": None, "started": "2026-11-20T08:00:00Z"},
            {"pid": 912, "name": "svchost.exe", "exe": None, "started": None},
            {"pid": 1200, "name": "svchost.exe", "exe": "C:\\Windows\\System32\\svchost.exe", "started": None},
            {"pid": 2000, "name": "my app (x).exe", "exe": "C:\\Program Files\\x\\my app (x).exe", "started": None},
            {"pid": 3248, "name": "w3wp.exe", "exe": None, "started": None},
        ],
        "services": [
            {"pid": 912, "name": "RpcSs"},
            {"pid": 912, "name": "RpcEptMapper"},
            {"pid": 1200, "name": "W32Time"},
            {"pid": 0, "name": "Stopped"},
        ],
        "users": [{"pid": 1200, "user": "NT AUTHORITY\\LOCAL SERVICE"}, {"pid": 2000, "user": "CORP\\anna"}],
        "addresses": [{"address": "10.0.0.7", "prefix_length": 24, "device": "Ethernet 2"}],
        "dynamic_ports": [
            {"setting": "Automatic", "start": None, "count": None},
            {"setting": "Internet", "start": 49152, "count": 16384},
            {"setting": "Datacenter", "start": 49152, "count": 16384},
        ],
        "system": [
            {
                "hostname": "WIN1",
                "caption": "Microsoft Windows Server 2022 Standard",
                "version": "10.0.20348",
                "booted": "2026-11-20T08:00:00Z",
            }
        ],
        "machine_id": ["3d1219c7-c4c5-404a-aa1f-6d2a48adfda4"],
        "elevated": [True],
        **sources,
    }
    for name in failed or {}:
        raw.pop(name, None)
    return {"changed": False, "raw": raw, "failed_sources": failed or {}}


def shaped(result: Record, **options: t.Any) -> Record:
    return observation(result, Options(**options))


def listeners(result: Record, port: int, **options: t.Any) -> list[Record]:
    return [one for one in shaped(result, **options)["listeners"] if one["port"] == port]


def gaps(result: Record, **options: t.Any) -> set[tuple[str, str, str | None]]:
    found = shaped(result, **options)["collector"]["gaps"]
    return {(gap["code"], gap["affects"], gap["protocol"]) for gap in found}


def test_evidence_of_it_is_valid() -> None:
    document = test_evidence_document._assemble(shaped(answer()))
    jsonschema.validate(document, test_evidence_document.SCHEMA)
    assert document["collector"]["platform"] == "windows"
    assert document["host"]["os"]["name"] == "Microsoft Windows Server 2022 Standard"
    assert document["host"]["addresses"][0]["device"] == "Ethernet 2"
    assert document["host"]["ephemeral_ports"] == {"first": 49152, "last": 65535, "reserved": []}
    assert document["collector"]["privilege"]["capabilities"] == ["Administrator"]


def test_one_shape() -> None:
    """What the contract test of the other collectors holds them to."""
    windows, linux = shaped(answer()), _collector.collect(Options()).to_result()
    assert {key: set(windows[key]) for key in ("host", "collector")} == {
        key: set(linux[key]) for key in ("host", "collector")
    }
    for listener in windows["listeners"]:
        assert set(listener) == set(_socket.Listener._fields)
        assert "%" not in listener["address"]
        assert listener["owner_status"] in _socket.OWNER_STATUS


def test_a_service_is_the_unit() -> None:
    (time,) = listeners(answer(), 123)
    assert (time["unit"], time["unit_source"], time["state"]) == ("W32Time", "process", "unconnected")
    (owner,) = time["owners"]
    assert (owner["user"], owner["name"], owner["uid"]) == ("NT AUTHORITY\\LOCAL SERVICE", "svchost.exe", None)


def test_a_path_is_not_taken_for_the_file() -> None:
    """WMI reads it out of the process: a condition on it must not hold."""
    (listener,) = listeners(answer(), 49700)
    assert listener["owners"][0]["exe"] == "C:\\Program Files\\x\\my app (x).exe"
    assert listener["owners"][0]["exe_on_host"] is None
    assert (listener["scope_id"], listener["address"], listener["ephemeral"]) == (12, "fe80::1", True)


def test_of_several_services_each_is_an_owner() -> None:
    for listener in listeners(answer(), 135):
        assert [owner["unit"] for owner in listener["owners"]] == ["RpcEptMapper", "RpcSs"]
        assert (listener["unit"], listener["unit_source"], listener["unit_conflict"]) == (None, None, None)


def test_both_families_are_listed_and_neither_says_that_it_takes_both() -> None:
    assert [(one["family"], one["dual_stack"]) for one in listeners(answer(), 135)] == [("ipv4", False), ("ipv6", None)]


def test_one_process_is_never_known_to_be_all() -> None:
    assert not any(one["owners_complete"] for one in shaped(answer())["listeners"])
    assert ("one-owner", "owners", None) in gaps(answer())


def test_a_process_that_ended() -> None:
    assert listeners(answer(), 55000)[0]["owner_status"] == "gone"


@pytest.mark.parametrize(("elevated", "status"), [(True, "unattributed"), (False, "denied")])
def test_nobody(elevated: bool, status: str) -> None:
    nobody = answer(tcp=[{"address": "0.0.0.0", "port": 5, "pid": 0}], elevated=[elevated])
    assert listeners(nobody, 5)[0]["owner_status"] == status


class TestHttpSys:
    def test_not_asked_for(self) -> None:
        (web,) = listeners(answer(), 80)
        assert [owner["name"] for owner in web["owners"]] == ["System"]

    def test_who_stands_behind_a_port(self) -> None:
        asked = answer(http_sys=[SERVER_2019])
        (web,) = listeners(asked, 80, http_sys=True)
        assert [owner["name"] for owner in web["owners"]] == ["w3wp.exe"]
        (smb,) = listeners(asked, 139, http_sys=True)
        assert [owner["name"] for owner in smb["owners"]] == ["System"]

    def test_a_port_that_another_process_holds_is_its_own(self) -> None:
        taken = answer(http_sys=[SERVER_2019], tcp=[{"address": "0.0.0.0", "port": 80, "pid": 2000}])
        (web,) = listeners(taken, 80, http_sys=True)
        assert [owner["pid"] for owner in web["owners"]] == [2000]

    def test_netsh_failed(self) -> None:
        failed = answer(failed={"http_sys": {"id": "x", "message": "netsh did not end within 10 s"}})
        assert ("source-failed", "owners", None) in gaps(failed, http_sys=True)
        assert listeners(failed, 80, http_sys=True)[0]["owners"][0]["name"] == "System"


@pytest.mark.parametrize(
    ("source", "gap"),
    [
        ("tcp", ("source-failed", "listeners", "tcp")),
        ("udp", ("source-failed", "listeners", "udp")),
        ("processes", ("source-failed", "owners", None)),
        ("services", ("source-failed", "units", None)),
        ("users", ("source-failed", "owners", None)),
        ("addresses", ("source-failed", "addresses", None)),
        ("dynamic_ports", ("ephemeral-unknown", "host", None)),
        ("system", ("source-failed", "host", None)),
    ],
)
@pytest.mark.parametrize("error", [{"id": "HRESULT 0x80041003", "message": "Access denied \r\n"}, None, "nonsense"])
def test_a_source_that_failed_is_a_gap(source: str, gap: tuple[str, str, str | None], error: t.Any) -> None:
    assert gap not in gaps(answer())
    assert gap in gaps(answer(failed={source: error}))
    jsonschema.validate(
        test_evidence_document._assemble(shaped(answer(failed={source: error}))), test_evidence_document.SCHEMA
    )


def test_nothing_found_is_an_empty_table() -> None:
    empty = answer(failed={"tcp": NOT_FOUND, "udp": NOT_FOUND})
    assert shaped(empty)["listeners"] == []
    assert gaps(empty) == {("one-owner", "owners", None)}
    assert shaped(empty)["collector"]["sources"] == ["tcp", "udp"]


@pytest.mark.parametrize(
    "row",
    [
        {"address": "0.0.0.0", "port": "80", "pid": 4},
        {"address": "0.0.0.0", "port": 80000, "pid": 4},
        {"address": "0.0.0", "port": 80, "pid": 4},
        {"address": None, "port": 80, "pid": 4},
        {},
    ],
)
def test_a_row_that_is_none_is_told(row: Record) -> None:
    broken = answer(tcp=[row])
    assert ("malformed", "listeners", "tcp") in gaps(broken)
    assert not [one for one in shaped(broken)["listeners"] if one["protocol"] == "tcp"]


@pytest.mark.parametrize("result", [{}, {"raw": None}, {"raw": []}, {"raw": {"tcp": 1, "processes": [1, None]}}])
def test_an_answer_that_is_none(result: Record) -> None:
    shape = shaped(result)
    jsonschema.validate(test_evidence_document._assemble(shape), test_evidence_document.SCHEMA)
    assert shape["listeners"] == []
    assert ("source-failed", "listeners", "tcp") in gaps(result)


def test_other_networks_cannot_be_looked_into() -> None:
    assert ("unsupported", "listeners", None) in gaps(answer(), namespaces="all")


def test_settings_that_disagree_give_no_range() -> None:
    ports = [{"start": 49152, "count": 16384}, {"start": 1025, "count": 1000}]
    assert shaped(answer(dynamic_ports=ports))["host"]["ephemeral_ports"] is None


def test_owners_are_not_asked_for() -> None:
    shape = shaped(answer(), owners="none")
    assert {one["owner_status"] for one in shape["listeners"]} == {"not_collected"}


def test_thousands_of_rows_and_the_same_again() -> None:
    rows = [{"address": "0.0.0.0", "port": port, "pid": 912} for port in range(20000, 25000)]
    texts = {json.dumps(shaped(answer(tcp=order))["listeners"]) for order in (rows, rows[::-1])}
    assert len(texts) == 1


@pytest.mark.parametrize("row", [None, 5, True, "0.0.0.0:22", [], ["0.0.0.0", 22], [{"address": "::", "port": 22}]])
@pytest.mark.parametrize(
    ("source", "affects", "protocol"),
    [
        ("tcp", "listeners", "tcp"),
        ("udp", "listeners", "udp"),
        ("processes", "owners", None),
        ("services", "units", None),
        ("users", "owners", None),
        ("addresses", "addresses", None),
        ("system", "host", None),
    ],
)
def test_a_row_that_is_no_record_is_a_gap(source: str, affects: str, protocol: str | None, row: t.Any) -> None:
    whole = answer()
    whole["raw"][source] = [*whole["raw"][source], row]
    assert gaps(whole) - gaps(answer()) == {("malformed", affects, protocol)}


@pytest.mark.parametrize("port", [None, "22", 22.0, True, -1, 65536, 10**30, [22], {}])
def test_a_row_whose_port_is_none_is_a_gap(port: t.Any) -> None:
    whole = answer(tcp=[{"address": "0.0.0.0", "port": port, "pid": 4}])
    assert ("malformed", "listeners", "tcp") in gaps(whole)
    assert not [one for one in shaped(whole)["listeners"] if one["protocol"] == "tcp"]


@pytest.mark.parametrize("source", ["processes", "services", "users"])
@pytest.mark.parametrize("pid", [None, "912", True, 1.5])
def test_a_row_of_no_process_is_a_gap(source: str, pid: t.Any) -> None:
    whole = answer()
    whole["raw"][source].append({"pid": pid, "name": "x", "user": "x"})
    assert any(code == "malformed" for code, _affects, _protocol in gaps(whole))


def test_a_number_that_two_processes_had_names_neither_alone() -> None:
    whole = answer()
    whole["raw"]["users"].append({"pid": 1200, "user": "CORP\\mallory"})
    whole["raw"]["processes"].append({"pid": 1200, "name": "evil.exe", "exe": None, "started": None})
    (listener,) = listeners(whole, 123)
    assert {(one["name"], one["user"]) for one in listener["owners"]} == {("svchost.exe", None), ("evil.exe", None)}


@pytest.mark.parametrize("count", [0, -5, 10**30, 20000])
def test_a_range_that_is_none_is_unknown(count: int) -> None:
    whole = answer(dynamic_ports=[{"setting": "Internet", "start": 49152, "count": count}])
    assert shaped(whole)["host"]["ephemeral_ports"] is None
    assert ("ephemeral-unknown", "host", None) in gaps(whole)
