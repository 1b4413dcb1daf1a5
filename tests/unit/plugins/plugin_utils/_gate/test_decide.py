# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who passes the gate."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import (
    Outcome,
    decide,
    decide_host,
    state_of,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import GateRules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    BLIND,
    FAILS,
    GAP,
    LOCAL,
    SSH,
    STALE,
    UNUSED,
    WAIVED,
    WARNS,
    compared,
    host,
    unseen,
)

CLEAN = host("web1", SSH)
SEES_LITTLE = host("web1", SSH, BLIND)
SEES_NOTHING = host("web1", BLIND, BLIND)


def _outcome(report: HostReport | None, fail_on: t.Iterable[str] = (), drift: t.Iterable[str] = ()) -> Outcome:
    return decide_host(state_of(report) if report else None, GateRules(tuple(fail_on), tuple(drift)))


@pytest.mark.parametrize(
    ("report", "fail_on", "kind", "text"),
    [
        pytest.param(CLEAN, ["warn", "policy"], "open", "pass", id="compliant"),
        pytest.param(host("a"), ["warn"], "open", "pass", id="nothing listens, and all was seen"),
        pytest.param(host("a", SSH, WAIVED), ["warn"], "open", "waived", id="waived"),
        pytest.param(host("a", FAILS, FAILS, WARNS), ["fail"], "failed", "2 fail", id="fails"),
        pytest.param(host("a", FAILS, WARNS), ["warn"], "failed", "1 fail, 1 warn", id="warn means fail too"),
        pytest.param(host("a", FAILS), ["warn"], "failed", "1 fail", id="warn lets no fail through"),
        pytest.param(host("a", FAILS), ["unverified"], "failed", "1 fail", id="nor does unverified"),
        pytest.param(SEES_LITTLE, ["warn"], "failed", "1 unverified", id="warn means unverified too"),
        pytest.param(host("a", WARNS), ["fail"], "open", "warn", id="a warning is let through"),
        pytest.param(host("a", SSH, WARNS), ["unverified"], "open", "warn", id="a warning is no unverified"),
        pytest.param(host("a", FAILS), ["policy"], "open", "fail", id="a fail is not the policy's"),
        pytest.param(host("a"), [], "off", "off", id="off"),
        pytest.param(unseen("a"), [], "off", "off", id="off, and not seen"),
    ],
)
def test_verdicts(report: HostReport, fail_on: list[str], kind: str, text: str) -> None:
    assert _outcome(report, fail_on)[:2] == (kind, text)


ANY_GATE = [(["fail"], []), (["policy"], []), (["new"], []), (["warn"], []), ([], ["closed"]), (["policy"], ["opened"])]


@pytest.mark.parametrize(("fail_on", "drift"), ANY_GATE)
@pytest.mark.parametrize(
    ("report", "text"),
    [
        pytest.param(unseen("a"), "not assessed: unreachable: refused", id="not assessed"),
        pytest.param(unseen("a", "failed: x", unreachable=False), "not assessed: failed: x", id="failed"),
        pytest.param(None, "not assessed: it is not in the report", id="not in the report"),
    ],
)
def test_what_nobody_saw_stops_every_gate(
    report: HostReport | None, text: str, fail_on: list[str], drift: list[str]
) -> None:
    assert _outcome(report, fail_on, drift)[:2] == ("unreachable", text)


@pytest.mark.parametrize(
    ("report", "stops"),
    [
        pytest.param(SEES_NOTHING, True, id="none of its listeners"),
        pytest.param(host("a", BLIND, LOCAL), True, id="what the defaults ignore is not verified"),
        pytest.param(host("a", findings=[GAP]), True, id="no listeners, for they could not be seen"),
        pytest.param(host("a", LOCAL, findings=[GAP]), True, id="a gap beside what is ignored"),
        pytest.param(SEES_LITTLE, False, id="one of two"),
        pytest.param(host("a", SSH, findings=[GAP]), False, id="a gap beside one that was verified"),
        pytest.param(host("a", BLIND, WAIVED), False, id="what was waived was known"),
        pytest.param(host("a", BLIND, WARNS), False, id="what warns was known"),
        pytest.param(host("a", LOCAL), False, id="nothing to verify"),
        pytest.param(host("a"), False, id="nothing listens"),
    ],
)
@pytest.mark.parametrize("fail_on", [["fail"], ["policy"], ["new", "policy"]])
def test_a_host_of_which_nothing_was_verified_stops_every_gate(
    report: HostReport, stops: bool, fail_on: list[str]
) -> None:
    outcome = _outcome(compared(report), fail_on)
    assert (outcome.kind == "failed") is stops
    assert ("none of its listeners is verified" in outcome.text) is stops


def test_what_is_let_through_is_counted() -> None:
    outcome = _outcome(SEES_LITTLE, ["fail"])
    assert outcome == ("open", "unverified; unverified findings that pass: 1", (), 1)
    decision = decide(GateRules(("fail",)), [SEES_LITTLE, host("b", SSH)], [])
    assert (decision.closed, decision.let_through) == (False, 1)


@pytest.mark.parametrize(
    ("report", "fail_on", "drift", "text"),
    [
        pytest.param(compared(host("a", FAILS)), ["new"], [], None, id="failed before"),
        pytest.param(compared(host("a", FAILS), new=True), ["new"], [], "1 new", id="new"),
        pytest.param(compared(CLEAN, "opened"), ["new"], [], None, id="new is no change"),
        pytest.param(compared(CLEAN, "opened"), [], ["opened"], "1 opened", id="opened"),
        pytest.param(compared(CLEAN, "opened"), ["fail"], ["closed"], None, id="another kind"),
        pytest.param(compared(CLEAN, "opened", "closed"), [], ["closed", "opened"], "1 closed, 1 opened", id="two"),
        pytest.param(compared(CLEAN, reason="no evidence"), [], ["closed"], "drift not known", id="not compared"),
        pytest.param(compared(CLEAN, partly=["tcp"]), [], ["opened"], "drift not known for tcp", id="not for tcp"),
        pytest.param(compared(CLEAN, partly=["tcp"]), ["fail"], [], None, id="not compared, not asked"),
        pytest.param(compared(CLEAN, perhaps=["replaced"]), [], ["replaced"], "1 perhaps replaced", id="owner unknown"),
        pytest.param(
            compared(CLEAN, "opened", perhaps=["closed", "replaced"], partly=["udp"]),
            [],
            ["opened", "replaced"],
            "1 opened, drift not known for udp, 1 perhaps replaced",
            id="beside what is known",
        ),
        pytest.param(compared(CLEAN, perhaps=["replaced"]), [], ["opened"], None, id="owner unknown, not asked"),
        pytest.param(CLEAN, ["new"], [], "drift not known", id="new, and nothing to compare with"),
        pytest.param(CLEAN, [], ["opened"], "drift not known", id="drift, and nothing to compare with"),
        pytest.param(compared(host("a", FAILS)), [], ["opened"], None, id="a fail is no change"),
    ],
)
def test_changes(report: HostReport, fail_on: list[str], drift: list[str], text: str | None) -> None:
    outcome = _outcome(report, fail_on, drift)
    assert (outcome.kind, outcome.text) == (("failed", text) if text else ("open", report.result.verdict))


def test_reasons_are_of_what_stopped_it() -> None:
    report = host("a", FAILS, WARNS, SSH)
    assert _outcome(report, ["fail"]).reasons == ("unassigned-port: 81/tcp: no rule approves it",)
    assert _outcome(report, ["warn"]).reasons[-1] == "ephemeral-udp: 40000/udp: by chance"
    assert _outcome(compared(report, "closed"), [], ["closed"]).reasons[0].startswith("closed: 8081/tcp")


@pytest.mark.parametrize(
    ("hosts", "limit", "closed", "excused"),
    [
        pytest.param([CLEAN, unseen("b")], 1, False, {"b"}, id="within the limit"),
        pytest.param([CLEAN, unseen("b")], "50%", False, {"b"}, id="as a share"),
        pytest.param([CLEAN, unseen("b"), unseen("c")], 1, True, set(), id="all or none"),
        pytest.param([CLEAN, unseen("b", "failed: x", unreachable=False)], 9, True, set(), id="failed, but answered"),
        pytest.param(
            [CLEAN, unseen("b"), unseen("c", "failed: x", unreachable=False)], 9, True, {"b"}, id="one of each"
        ),
        pytest.param([unseen("a"), unseen("b")], "100%", True, set(), id="nobody was seen"),
        pytest.param([host("a", FAILS), unseen("b")], 1, True, {"b"}, id="excuses no other host"),
        pytest.param([CLEAN, unseen("b")], 0, True, set(), id="no limit"),
    ],
)
@pytest.mark.parametrize("fail_on", [("fail",), ("unverified",), ("warn", "policy")])
def test_a_limit_excuses_the_unreachable_and_nothing_else(
    hosts: list[HostReport], limit: t.Any, closed: bool, excused: set[str], fail_on: tuple[str, ...]
) -> None:
    decision = decide(GateRules(fail_on, (), read_limit(limit)), hosts, [])
    assert (decision.closed, decision.excused) == (closed, excused)
    for name in excused:
        assert decision.outcomes[name].text.startswith("not assessed: unreachable: refused; excused: 1 of ")


@pytest.mark.parametrize(
    ("rules", "hosts", "said"),
    [
        pytest.param(GateRules(("fail",)), [], ["the run has no hosts"], id="no host"),
        pytest.param(GateRules((), ("opened",)), [], ["the run has no hosts"], id="no host to compare"),
        pytest.param(GateRules(()), [], [], id="no host, and off"),
        pytest.param(GateRules((), policy_named=False), [CLEAN], [], id="no policy, and off"),
        pytest.param(GateRules(("fail",), policy_named=False), [CLEAN], ["no policy was named"], id="no policy"),
    ],
)
def test_what_stops_a_run_whatever_the_hosts_are_like(
    rules: GateRules, hosts: list[HostReport], said: list[str]
) -> None:
    decision = decide(rules, hosts, [])
    assert [stop.text.partition(", so")[0] for stop in decision.run_stops] == said
    assert decision.closed is bool(said)


_REPORTS = {
    "clean": CLEAN,
    "fails": compared(host("fails", SSH, FAILS), "opened", new=True),
    "warns": compared(host("warns", SSH, WARNS), "closed"),
    "blind": compared(host("blind", BLIND, LOCAL), reason="no evidence"),
    "little": host("little", SSH, BLIND, findings=[GAP]),
    "dead": unseen("dead"),
    "broken": unseen("broken", "failed: x", unreachable=False),
    "waived": compared(host("waived", WAIVED, FAILS), partly=["udp"]),
}


@pytest.mark.parametrize("limit", [0, 1])
@pytest.mark.parametrize("drift", [(), ("opened",), ("closed", "moved")])
@pytest.mark.parametrize("names", [*itertools.combinations(_REPORTS, 1), *itertools.combinations(_REPORTS, 2)])
def test_findings_and_hosts_agree(names: tuple[str, ...], drift: tuple[str, ...], limit: int) -> None:
    """A host stops the gate if, and only if, one of its findings or changes does."""
    reports = [_REPORTS[name] for name in names]
    choices = ("fail", "unverified", "warn", "policy", "new")
    for fail_on in ((), *itertools.chain.from_iterable(itertools.combinations(choices, n) for n in (1, 2))):
        decision = decide(GateRules(fail_on, drift, read_limit(limit)), reports, [STALE, UNUSED])
        changed = {name for name, _stop in decision.since_stops()}
        by_finding = {report.name for report in reports if any(map(decision.stops, report.result.findings))}
        assert set(decision.stopping) == by_finding | changed
        assert [decision.stops(finding) for finding in (STALE, UNUSED)] == ["policy" in fail_on, False]


def test_a_finding_of_nobody_stops_nothing() -> None:
    stranger = Finding("unassigned-port", "fail", "high", "said", host="other")
    assert not decide(GateRules(("warn",)), [CLEAN], []).stops(stranger)


@pytest.mark.parametrize(
    ("report", "nothing"),
    [
        pytest.param(host("a"), False, id="nothing listens"),
        pytest.param(host("a", LOCAL), False, id="nothing but what the defaults ignore"),
        pytest.param(SEES_NOTHING, True, id="nothing could be verified"),
    ],
)
def test_nothing_verified_is_said_where_something_was_to_be(report: HostReport, nothing: bool) -> None:
    assert state_of(report).nothing_verified is nothing


def test_a_gate_that_is_off_excuses_nobody() -> None:
    decision = decide(GateRules((), (), read_limit(9)), [CLEAN, unseen("b")], [])
    assert (decision.closed, decision.excused) == (False, frozenset())


@pytest.mark.parametrize("limit", [0, 1])
def test_all_that_is_said_of_a_host_that_was_not_assessed_stops_or_is_excused(limit: int) -> None:
    """It may have findings beside the one that says so."""
    missed = unseen("b")
    silent = dataclasses.replace(missed, result=host("b", FAILS, findings=missed.result.findings).result)
    decision = decide(GateRules(("fail",), (), read_limit(limit)), [CLEAN, silent], [])
    assert {finding.code for finding in silent.result.findings} == {"not-assessed", "unassigned-port"}
    assert [decision.stops(finding) for finding in silent.result.findings] == [limit == 0] * 2


def test_what_findings_say_is_no_stop_of_its_own() -> None:
    """``new`` is in a finding of the host, a change is not."""
    report = compared(host("a", FAILS), "opened", new=True)
    decision = decide(GateRules(("new",), ("opened",)), [report], [])
    assert [(name, stop.code) for name, stop in decision.since_stops()] == [("a", "drift-opened")]
