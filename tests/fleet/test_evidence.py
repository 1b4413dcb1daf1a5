# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence of the whole fleet: every listener of every host, whole and protected documents."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import typing as t

import jsonschema
import pytest
from _fleet.controller import REPOSITORY, Controller, Run
from _fleet.fleet import AUDITED, Fleet
from _fleet.listeners import LISTENERS, Seen

HOSTS = [spec.name for spec in AUDITED]
SCHEMA = REPOSITORY / "plugins" / "plugin_utils" / "_evidence" / "evidence-v1.schema.json"
REPORT_SCHEMA = REPOSITORY / "plugins" / "plugin_utils" / "_report" / "report-v1.schema.json"
# An inventory may call a host anything.
ODD_NAMES = {"calm1": "a/b", "calm2": "../x", "calm3": "h" * 300, "web1": "büro-東京 $(id)"}


def as_seen(listener: t.Mapping[str, t.Any]) -> Seen:
    given = {field: listener[field] for field in Seen._fields if field in listener}
    names = tuple(sorted(owner["name"] for owner in listener["owners"]))
    return Seen(**{**given, "owners": names, "status": listener["owner_status"]})


def listener(run: Run, host: str, port: int) -> dict[str, t.Any]:
    [found] = [item for item in run.evidence(host)["listeners"] if item["port"] == port]
    return t.cast("dict[str, t.Any]", found)


@pytest.mark.parametrize("host", HOSTS)
def test_listeners_of_a_host(audited: Run, host: str) -> None:
    seen = [as_seen(item) for item in audited.evidence(host)["listeners"]]
    assert sorted(seen, key=repr) == sorted(LISTENERS[host], key=repr)


@pytest.mark.parametrize("host", HOSTS)
def test_owners_are_complete_only_where_every_process_was_seen(audited: Run, host: str) -> None:
    complete = {(item["port"], item["owners_complete"]) for item in audited.evidence(host)["listeners"]}
    whole = host != "plain1"
    assert complete == {(seen.port, whole and seen.status == "known") for seen in LISTENERS[host]}


@pytest.mark.parametrize("host", HOSTS)
def test_evidence_of_a_host_is_valid_and_private(audited: Run, host: str) -> None:
    path = audited.directory / "evidence" / f"{host}.json"
    document = json.loads(path.read_text())
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert document["run"]["id"] == audited.report["run"]["id"]
    assert document["run"]["policy"] == audited.report["policies"][0]["sha256"]


def test_the_report_is_valid(audited: Run) -> None:
    jsonschema.Draft202012Validator(json.loads(REPORT_SCHEMA.read_text())).validate(audited.report)


def test_every_file_is_private_and_in_the_manifest(audited: Run) -> None:
    files = [path for path in audited.directory.rglob("*") if path.is_file()]
    folders = [path for path in audited.directory.rglob("*") if path.is_dir()]
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in files} == {"0o600"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in [*folders, audited.directory]} == {"0o700"}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=audited.directory, check=True)
    listed = {line.split("  ", 1)[1] for line in (audited.directory / "SHA256SUMS").read_text().splitlines()}
    assert listed == {str(path.relative_to(audited.directory)) for path in files} - {"SHA256SUMS"}


def test_a_changed_document_does_not_match_the_manifest(audited: Run) -> None:
    path = audited.directory / "evidence" / "web1.json"
    original = path.read_bytes()
    path.write_bytes(original.replace(b'"web1"', b'"web9"', 1))
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=audited.directory, check=False, capture_output=True
    )
    path.write_bytes(original)
    assert checked.returncode == 1
    assert b"evidence/web1.json: FAILED" in checked.stdout


def test_the_record_of_the_run(audited: Run) -> None:
    record = audited.record
    assert record["expected"] == sorted(HOSTS)
    assert record["limit"] is None
    assert record["inventory"]["edge1"] == ["all", "bastion", "edge"]
    assert record["started"] <= record["ended"]
    assert os.readlink(audited.output / "latest") == record["id"] == audited.directory.name


def test_each_host_tells_its_own_facts(audited: Run, fleet: Fleet) -> None:
    for name in HOSTS:
        host = audited.evidence(name)["host"]
        assert host["hostname"] == name
        assert fleet[name].host.address in {item["address"] for item in host["addresses"]}
        assert audited.evidence(name)["collector"]["sources"] == ["sock_diag"]


def test_privilege_is_told(audited: Run) -> None:
    root, plain = audited.evidence("web1")["collector"], audited.evidence("plain1")["collector"]
    assert (root["privilege"]["euid"], root["owners_complete"]) == (0, True)
    assert not [gap for gap in root["gaps"] if gap["code"] == "permission" or gap["affects"] != "paths"]
    assert (plain["privilege"]["euid"], plain["owners_complete"]) == (4000, False)
    refused = [(gap["affects"], gap["detail"]) for gap in plain["gaps"] if gap["code"] == "permission"]
    assert [affects for affects, _detail in refused if affects != "paths"] == ["owners"]
    hiding = [(gap["code"], gap["detail"]) for gap in plain["gaps"] if gap["affects"] == "listeners"]
    assert hiding == [("published-unseen", "published ports not seen: run with --become")]


def test_an_owner_is_told_apart_from_who_made_the_socket(audited: Run) -> None:
    held = listener(audited, "app1", 9100)
    assert (held["user"], held["unit"], held["unit_source"]) == ("root", "exporter.service", "socket")
    [owner] = held["owners"]
    assert (owner["user"], owner["unit"]) == ("nobody", "exporter.service")


def test_a_unit_that_the_process_left_is_told(audited: Run) -> None:
    moved = listener(audited, "app1", 9101)
    assert (moved["unit"], moved["unit_conflict"]) == ("batch.service", "other.service")


def test_executables_that_are_not_what_they_say(audited: Run) -> None:
    [mounted_over] = listener(audited, "hostile1", 2022)["owners"]
    assert (mounted_over["exe"], mounted_over["exe_on_host"]) == ("/usr/sbin/sshd", False)
    [deleted] = listener(audited, "app2", 8085)["owners"]
    assert (deleted["exe"].endswith("/short-lived"), deleted["exe_deleted"], deleted["exe_on_host"]) == (
        True,
        True,
        False,
    )
    [hostile] = listener(audited, "hostile1", 81)["owners"]
    assert hostile["exe"].endswith("/<script>alert(1)</script>")


def test_socket_activation(audited: Run) -> None:
    waiting = listener(audited, "app3", 8086)
    assert (waiting["socket_unit"], waiting["unit_source"]) == ("api.socket", "socket_unit")
    [owner] = waiting["owners"]
    assert (owner["pid"], owner["exe"], owner["user"]) == (None, "/usr/sbin/nginx", "www-data")


def test_names_of_hosts_never_lead_out_of_the_run(controller: Controller) -> None:
    directory = controller.new_directory()
    run = controller.audit(*ODD_NAMES, renamed=ODD_NAMES, directory=directory)
    assert run.code == 0
    assert run.evidence_names == sorted(ODD_NAMES.values())
    assert sorted(run.verdicts()) == sorted(ODD_NAMES.values())
    assert {path.name for path in run.output.iterdir()} == {"latest", run.directory.name}
    assert {path.name for path in directory.iterdir()} == {"extra.json", "inventory.json", "port-audit"}
    assert {path.parent.name for path in run.directory.rglob("*.json")} == {run.directory.name, "evidence", "policies"}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=run.directory, check=True)
