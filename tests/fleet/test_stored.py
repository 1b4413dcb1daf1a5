# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored evidence of the fleet: replayed, turned into a policy and a baseline, and compared with another run."""

from __future__ import annotations

import datetime
import hashlib
import json
import pathlib
import shutil
import typing as t

import pytest
import yaml
from _fleet.controller import AS_OF, POLICY, Controller, Play, Run

WITH_FAILS = "web2"


def _offline(controller: Controller, name: str, audited: Run, **variables: t.Any) -> Run:
    """Run a playbook that contacts no host, in a fresh directory."""
    given = {"runs": str(audited.directory), **variables}
    given = {f"port_audit_{name}": value for name, value in given.items()}
    run = controller.run(Play(f"fleetports.compliance.{name}", (WITH_FAILS,), variables=given))
    assert "Traceback" not in run.text
    assert set(run.connections.values()) == {0}
    return run


def _replayed(controller: Controller, audited: Run, **variables: t.Any) -> dict[str, t.Any]:
    run = _offline(controller, "replay", audited, dest="replayed", **variables)
    assert run.code == 0, run.text
    return t.cast("dict[str, t.Any]", json.loads((run.output.parent / "replayed" / "replay.json").read_text()))


def _expires() -> str:
    """After the time that the fleet is judged at, and after today."""
    last = max(datetime.date.fromisoformat(AS_OF[:10]), datetime.datetime.now(datetime.UTC).date())
    return str(last + datetime.timedelta(days=30))


def test_the_same_policy_changes_nothing(controller: Controller, audited: Run) -> None:
    replayed = _replayed(controller, audited, policy=str(POLICY))
    assert (replayed["changes"], replayed["not_judged"]) == (0, [])
    assert replayed["hosts"]["judged"] == audited.report["summary"]["hosts"]["assessed"]
    assert replayed["listeners"]["judged"] == audited.report["summary"]["listeners"]["total"]


def test_a_policy_without_rules_makes_listeners_fail(controller: Controller, audited: Run) -> None:
    empty = {"version": 1, "name": "empty", "rules": []}
    run = _offline(controller, "replay", audited, policy=empty, fail_on=["fail"])
    assert run.code == 2
    assert "The policy would turn" in run.text
    assert "22/tcp" in run.text


def test_the_lint_finds_rules_that_nothing_in_the_fleet_needs(controller: Controller, audited: Run) -> None:
    rules = [
        {"id": "gone", "protocol": "tcp", "port": 8, "applies_to": {"hosts": [WITH_FAILS]}},
        {"id": "nowhere", "protocol": "tcp", "port": 8, "applies_to": {"groups": ["mainframes"]}},
    ]
    run = _offline(
        controller, "policy_check", audited, policy=[str(POLICY), {"version": 1, "name": "x", "rules": rules}]
    )
    assert run.code == 2, run.text
    assert "Lint errors: 1." in run.text  # not what evidence shows: that is a doubt, and doubts stop nobody
    assert "rule memcached approves an insecure service without security_features" in run.text
    day = audited.record["started"][:10]
    assert f"rule gone matched no listener on 1 host, evidence of {day} [unused-rule]" in run.text
    assert f"rule nowhere applies to none of {len(audited.record['inventory'])} hosts" in run.text
    assert "rule web matched no listener" not in run.text


def test_what_is_suggested_leaves_nothing_unlisted(controller: Controller, audited: Run) -> None:
    run = _offline(controller, "suggest", audited, dest="suggested.yml")
    assert run.code == 0, run.text
    suggested = run.output.parent / "suggested.yml"
    assert "REVIEW" in suggested.read_text()
    replayed = _replayed(controller, audited, policy=str(suggested))
    codes = {code for group in replayed["groups"] for code in group["after"]["codes"]}
    assert codes <= {"ephemeral-udp"}
    assert replayed["verdicts"]["after"]["fail"] == 0
    assert replayed["out_of"]["fail"]["listeners"] > 0


def test_a_baseline_leaves_nothing_that_a_waiver_may_cover(controller: Controller, audited: Run) -> None:
    expires = _expires()
    given = {"policy": str(POLICY), "waiver_owner": "platform", "waiver_expires": expires}
    run = _offline(controller, "baseline", audited, dest="baseline.yml", **given)
    assert run.code == 0, run.text
    waivers = yaml.safe_load((run.output.parent / "baseline.yml").read_text())["waivers"]
    assert {(waiver["approved_by"], str(waiver["expires"])) for waiver in waivers} == {("platform", expires)}
    policy = yaml.safe_load(pathlib.Path(POLICY).read_text())
    both = run.output.parent / "both.yml"
    both.write_text(yaml.safe_dump({**policy, "waivers": [*policy.get("waivers", []), *waivers]}))
    replayed = _replayed(controller, audited, policy=str(both))
    assert (replayed["verdicts"]["after"]["fail"], replayed["verdicts"]["after"]["warn"]) == (0, 0)
    assert replayed["verdicts"]["after"]["waived"] > 0


def test_waivers_are_suggested_instead_of_rules(controller: Controller, audited: Run) -> None:
    given = {"suggest_as": "waivers", "waiver_owner": "platform", "waiver_expires": _expires()}
    run = _offline(controller, "suggest", audited, dest="waivers.yml", **given)
    assert run.code == 0, run.text
    place = run.output.parent / "waivers.yml"
    assert yaml.safe_load(place.read_text())["rules"] == []
    after = _replayed(controller, audited, policy=str(place))["verdicts"]["after"]
    assert (after["fail"], after["warn"]) == (0, 0)
    assert after["waived"] > 0


@pytest.mark.parametrize(
    ("missing", "said"),
    [("waiver_owner", "owner: required"), ("waiver_expires", "expires: required")],
)
def test_a_baseline_asks_for_owner_and_end(controller: Controller, audited: Run, missing: str, said: str) -> None:
    given = {"policy": str(POLICY), "waiver_owner": "platform", "waiver_expires": _expires()}
    run = _offline(controller, "baseline", audited, **{key: value for key, value in given.items() if key != missing})
    assert run.code == 2
    assert said in run.text


def test_a_run_has_no_drift_from_itself(controller: Controller, audited: Run) -> None:
    place = str(audited.directory)
    run = _offline(controller, "drift", audited, before=place, after=place, dest="drift.json")
    assert run.code == 0, run.text
    found = json.loads((run.output.parent / "drift.json").read_text())
    assert (found["groups"], found["compared"]) == ([], audited.report["summary"]["hosts"]["assessed"])


def test_a_second_audit_is_neither_drift_nor_new(controller: Controller, audited: Run) -> None:
    run = _since(controller, audited.directory)
    assert run.code == 0, run.text
    assert (run.report["drift"]["rows"], run.report["drift"]["compared"]) == ([], 1)
    assert run.codes(WITH_FAILS)  # it fails, as it did before


def test_what_was_not_there_before_is_drift_and_new(
    controller: Controller, audited: Run, tmp_path: pathlib.Path
) -> None:
    earlier = tmp_path / audited.directory.name
    shutil.copytree(audited.directory, earlier)
    [gone, *_] = [one for one in audited.findings(WITH_FAILS) if one["verdict"] == "fail" and one["address"]]
    path = earlier / "evidence" / f"{WITH_FAILS}.json"
    document = json.loads(path.read_text())
    document["listeners"] = [one for one in document["listeners"] if one["port"] != gone["port"]]
    path.write_text(json.dumps(document))
    refused = _since(controller, earlier)
    assert refused.code == 2
    assert set(refused.connections.values()) == {0}
    assert f"altered: evidence/{WITH_FAILS}.json" in " ".join(refused.text.split())
    _seal(earlier)
    run = _since(controller, earlier)
    assert run.code == 2
    assert {row["kind"] for row in run.report["drift"]["rows"]} == {"opened"}
    assert {row["port"] for row in run.report["drift"]["rows"]} == {gone["port"]}
    assert run.report["drift"]["new"] >= 1
    assert "1 opened" in run.stdout or "2 opened" in run.stdout
    for name in ("report.html", "report.md", "summary.txt"):
        assert "opened" in (run.directory / name).read_text()


def test_new_without_an_earlier_run_stops_before_any_host_is_contacted(controller: Controller) -> None:
    run = controller.audit(WITH_FAILS, variables={"port_audit_fail_on": ["new"]})
    assert run.code == 2
    assert "name one in reference" in run.text
    assert set(run.connections.values()) == {0}


def _seal(run: pathlib.Path) -> None:
    """Make the sums of a run anew."""
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(run)}\n" for path in files]
    (run / "SHA256SUMS").write_text("".join(lines))


def _since(controller: Controller, reference: pathlib.Path) -> Run:
    """Audit one host, and stop on what is new since an earlier run."""
    gates = {"port_audit_fail_on": ["new"], "port_audit_fail_on_drift": ["opened", "widened", "replaced"]}
    return controller.audit(WITH_FAILS, variables={"port_audit_reference": [str(reference)], **gates})


def test_a_policy_may_have_the_name_of_a_playbook(controller: Controller, audited: Run) -> None:
    """Beside the playbooks of the installed collection stands a baseline.yml, which nobody means."""
    directory = controller.new_directory()
    (directory / "baseline.yml").write_text("version: 1\nname: mine\nrules: []\n")
    given = {"runs": str(audited.directory), "policy": "baseline.yml", "dest": "replayed"}
    given = {f"port_audit_{name}": value for name, value in given.items()}
    play = Play("fleetports.compliance.replay", (WITH_FAILS,), variables=given)
    run = controller.run(play, directory=directory)
    assert run.code == 0, run.text
    assert json.loads((directory / "replayed" / "replay.json").read_text())["policy"]["name"] == "mine"
