# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a run's directory to its report: who was assessed, by which policy, and who was not."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import ClosingRun, close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import (
    Verdicts,
    read_verdicts,
    write_verdicts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import RUN_ID, observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH, WEB, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import record, write_evidence

RECORD = record(RUN_ID, ("a", "b"), inventory=dict.fromkeys("abc", ("all",)))


def _put(
    run: RunDirectory, host: str, *, policy: Policy, port: int, namespace: int | None = None, **fields: t.Any
) -> pathlib.Path:
    machine = {"machine_id": "m", "boot_id": "b"}
    namespaces = {**observation()["collector"]["namespaces"], "host": namespace}
    seen = observation(listener(port), host=machine, namespaces=namespaces)
    return write_evidence(run, host, seen, policy=policy, **fields)


def _verdicts(closing: ClosingRun) -> dict[str, str]:
    return {result.host: result.verdict for result in closing.results}


@pytest.fixture
def run(tmp_path: pathlib.Path) -> RunDirectory:
    return RunDirectory(str(tmp_path), RUN_ID)


def test_each_host_is_judged_by_its_own_policy(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=81)
    _put(run, "b", policy=loaded(WEB), port=81)
    assert _verdicts(close(run, RECORD, gate=())) == {"a": "fail", "b": "pass"}


def test_hosts_that_answered_as_the_same_machine_do_not_pass(run: RunDirectory) -> None:
    """As all of an inventory with connection: local."""
    for host, namespace in (("a", 7), ("b", 7), ("c", 8)):
        _put(run, host, policy=loaded(), port=22, namespace=namespace)
    closing = close(run, RECORD, gate=["unverified"])
    assert _verdicts(closing) == {"a": "unverified", "b": "unverified", "c": "pass"}
    said = [one for result in closing.results for one in result.findings if one.code == "same-machine"]
    assert [finding.host for finding in said] == ["a", "b"]
    assert closing.reasons == {}


def test_listeners_are_kept_once_as_verdicts_and_equal_text_once(run: RunDirectory) -> None:
    """Documents of ten thousand hosts, listeners and all, are more than a report may take of memory."""
    for host in ("a", "b"):
        _put(run, host, policy=loaded(), port=22)
    one, other = close(run, RECORD, gate=[]).model.hosts
    assert one.document is not None
    assert "listeners" not in one.document
    assert one.document["host"]["name"] == "a"
    assert one.result.listeners[0].listener.address is other.result.listeners[0].listener.address


def test_the_run_names_every_policy_with_its_hash(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=81)
    _put(run, "b", policy=loaded(WEB), port=81)
    named = {row.name: row.sha256 for row in close(run, RECORD, gate=()).policies}
    assert named == {"ssh": loaded().sha256, "web": loaded(WEB).sha256}


WAIVER: dict[str, t.Any] = {
    "id": "W-1",
    "match": {"protocol": "tcp", "port": 81},
    "applies_to": {"hosts": ["a"]},
    "justification": "migration",
    "approved_by": "security",
    "expires": "2026-11-22",
}


@pytest.mark.parametrize(
    ("option", "host", "status"),
    [
        pytest.param("2026-11-01", "2026-11-01T00:00:00Z", "expiring", id="set when the run was opened"),
        pytest.param(None, "2026-11-01T00:00:00Z", "expiring", id="set for the host alone"),
        pytest.param(None, "2026-11-22T00:00:00Z", "expired", id="not set: the end of the run"),
    ],
)
def test_the_register_and_the_judge_have_the_same_day(
    run: RunDirectory, option: str | None, host: str, status: str
) -> None:
    _put(run, "a", policy=loaded({**SSH, "waivers": [WAIVER]}), port=81, as_of=host)
    record = dataclasses.replace(RECORD, ended="2026-12-24T00:00:00Z", options={"as_of": option})
    closing = close(run, record, gate=())
    assert _verdicts(closing)["a"] == "waived"
    assert [row.status for row in closing.model.waivers] == [status]


def test_where_nobody_answered_the_policy_is_judged_at_the_time_that_was_set(run: RunDirectory) -> None:
    policy = loaded({**SSH, "waivers": [WAIVER]})
    run.write_policy(lambda: to_record(policy), sha256=policy.sha256)
    record = dataclasses.replace(RECORD, options={"as_of": "2026-12-24"})
    assert "expired-waiver" in {found.code for found in close(run, record, gate=()).policy_findings}


def test_the_policy_is_judged_as_of_the_latest_evidence(run: RunDirectory) -> None:
    """A waiver that ended while the fleet was collected has ended."""
    policy = loaded({**SSH, "waivers": [WAIVER]})
    _put(run, "a", policy=policy, port=22)
    _put(run, "b", policy=policy, port=22, as_of="2026-11-23T00:00:00Z")
    assert "expired-waiver" in {found.code for found in close(run, RECORD, gate=()).policy_findings}


def test_a_host_without_evidence_is_unverified_with_what_is_known_of_it(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=22)
    assert close(run, RECORD, gate=()).reasons["b"].startswith("it gave no evidence in this run")
    write_failure(run, "b", Failure("unreachable", "Connection refused"))
    closing = close(run, RECORD, gate=())
    assert _verdicts(closing) == {"a": "pass", "b": "unverified"}
    assert closing.reasons == {"b": "unreachable: Connection refused"}


def _gate(run: RunDirectory, limit: str) -> tuple[ClosingRun, Verdicts]:
    closing = close(run, RECORD, gate=("fail", "unverified"), max_unreachable=read_limit(limit))
    write_verdicts(run, closing.model.decision, ())
    run.finish({}, name="run.json")
    return closing, read_verdicts(run)


def test_an_unreachable_host_within_the_limit_is_forgiven_and_not_assessed(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=22)
    write_failure(run, "b", Failure("unreachable", "Connection refused"))
    closing, written = _gate(run, "1")
    gate = closing.model.gate
    assert (gate.trips, gate.hosts, gate.unreachable, gate.forgiven) == (False, 0, 1, 1)
    assert written.counts._asdict() == {"expected": 2, "assessed": 1, "unreachable": 1}
    state = written.state("b")
    assert state is not None
    assert (state.unreachable, state.reason) == (True, "unreachable: Connection refused")
    assert "The gate excuses 1 unreachable: the limit is 1." in closing.model.summary.details[0]
    assert closing.model.summary.not_assessed == 1
    assert _verdicts(closing)["b"] == "unverified"


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        pytest.param("unreachable", "0", id="no limit given"),
        pytest.param("unreachable", "49%", id="less than a host"),
        pytest.param("failed", "2", id="failed, but answered"),
        pytest.param(None, "2", id="nothing known of it"),
    ],
)
def test_what_is_not_forgiven(run: RunDirectory, kind: str | None, limit: str) -> None:
    _put(run, "a", policy=loaded(), port=22)
    if kind:
        write_failure(run, "b", Failure(kind, "said"))
    closing, _document = _gate(run, limit)
    assert (closing.model.gate.trips, closing.model.gate.hosts, closing.model.gate.forgiven) == (True, 1, 0)


def test_a_run_that_saw_nobody_is_never_forgiven(run: RunDirectory) -> None:
    for host in RECORD.expected:
        write_failure(run, host, Failure("unreachable", "Connection refused"))
    closing, _document = _gate(run, "100%")
    assert (closing.model.gate.hosts, closing.model.gate.unreachable, closing.model.gate.forgiven) == (2, 2, 0)


def test_damaged_evidence_of_an_unreachable_host_is_not_forgiven(run: RunDirectory) -> None:
    """Somebody changed it: that is not a host that did not answer."""
    _put(run, "a", policy=loaded(), port=22)
    path = _put(run, "b", policy=loaded(), port=22)
    path.write_text("{")
    write_failure(run, "b", Failure("unreachable", "Connection refused"))
    closing, _document = _gate(run, "2")
    assert (closing.model.gate.hosts, closing.model.gate.unreachable) == (1, 0)


def test_a_host_that_no_collector_could_look_at_was_not_assessed(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=22)
    write_evidence(run, "b", nothing_seen("unsupported", "not Linux"), policy=loaded())
    closing = close(run, RECORD, gate=())
    assert closing.reasons == {"b": "not Linux"}
    [result] = [result for result in closing.results if result.host == "b"]
    assert [finding.code for finding in result.findings] == ["not-assessed"]
    assert closing.model.summary.assessed == 1


@pytest.mark.parametrize(
    "gap",
    [
        pytest.param(
            {"code": "dump-refused", "affects": "listeners", "protocol": "udp", "family": None}, id="one protocol"
        ),
        pytest.param({"code": "permission", "affects": "owners", "protocol": None, "family": None}, id="owners"),
    ],
)
def test_a_host_without_listeners_and_a_lesser_gap_was_assessed(run: RunDirectory, gap: dict[str, t.Any]) -> None:
    path = _put(run, "b", policy=loaded(), port=22)
    document = json.loads(path.read_text())
    document["listeners"] = []
    document["collector"]["gaps"] = [{**gap, "detail": "refused"}]
    run.write_evidence(document)
    assert "b" not in close(run, RECORD, gate=()).reasons


def test_an_empty_run_still_gives_a_report(run: RunDirectory) -> None:
    closing = close(run, RECORD, gate=())
    assert _verdicts(closing) == {"a": "unverified", "b": "unverified"}
    assert closing.model.summary.verdict == "unverified"
    assert closing.model.summary.left_out == 1


def test_evidence_whose_policy_is_gone_is_not_a_pass(run: RunDirectory) -> None:
    _put(run, "a", policy=loaded(), port=22)
    (pathlib.Path(run.path) / "policies" / f"{loaded().sha256}.json").unlink()
    closing = close(run, RECORD, gate=())
    assert _verdicts(closing)["a"] == "unverified"
    assert "policy" in closing.reasons["a"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda document: document["listeners"][0].pop("port"), id="field gone"),
        pytest.param(lambda document: document["listeners"][0].update(colour=1), id="field unknown"),
        pytest.param(lambda document: document.update(listeners=[None]), id="not a listener"),
        pytest.param(lambda document: document["run"].update(as_of="soon"), id="no time"),
        pytest.param(lambda document: document["collector"].pop("gaps"), id="gaps gone"),
        pytest.param(lambda document: document["host"].update(groups=None), id="groups gone"),
    ],
)
def test_damaged_evidence_is_a_reason_and_the_rest_is_reported(
    run: RunDirectory, change: t.Callable[[dict[str, t.Any]], object]
) -> None:
    path = _put(run, "a", policy=loaded(), port=22)
    _put(run, "b", policy=loaded(), port=22)
    document = _atomic_files.read_json(str(path))
    change(document)
    _atomic_files.write_json(str(path), document)
    closing = close(run, RECORD, gate=())
    assert _verdicts(closing) == {"a": "unverified", "b": "pass"}
    assert "cannot be used" in closing.reasons["a"]


def test_an_unused_rule_is_said_only_when_everybody_was_assessed(run: RunDirectory) -> None:
    policy = loaded({**SSH, "rules": [*SSH["rules"], {"id": "idle", "protocol": "tcp", "port": 25}]})
    whole = dataclasses.replace(RECORD, inventory={"a": ("all",), "b": ("all",)})
    _put(run, "a", policy=policy, port=22)
    assert [found.code for found in close(run, whole, gate=()).policy_findings] == []
    _put(run, "b", policy=policy, port=22)
    assert [(found.code, found.rule) for found in close(run, whole, gate=()).policy_findings] == [
        ("unused-rule", "idle")
    ]
