# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored evidence on disk: replayed, turned into policies, compared; and what is wrong with what was given."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._reference import reference
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _lint_with_evidence,
    _replay_runs,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._compare_runs import (
    Reference,
    document,
    drift,
    stopping,
    summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    baselined,
    keep,
    rules_summary,
    suggested,
    suggested_waivers,
    terms,
    waivers_summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    Run,
    newest,
    open_run,
    open_runs,
    without_evidence,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    ProcessPatterns,
    Rule,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay import _replay, _replay_text
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener, owner, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import NONE, SSH, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import run_of

FIRST, SECOND = "20261122T000000Z-aaaaaa", "20261123T000000Z-bbbbbb"
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
TODAY = NOW.date()
APP = listener(8081, JAVA)
DNAT = (
    listener(8080)
    ._replace(state="published", published_by="nftables", published_to=("10.0.0.2:80",), owners=())
    ._replace(owner_status="kernel")
)


def _replayed(runs: list[Run], policy: dict[str, t.Any], **more: t.Any) -> tuple[_replay_runs.Replayed, list[t.Any]]:
    changes: list[t.Any] = []
    given = {"against": None, "as_of": None, **more}
    return _replay_runs.replay(runs, policy=loaded(policy), emit=changes.append, **given), changes


@pytest.mark.parametrize("named", ["fail", "unverified", "warn"])
def test_a_replay_stops_on_a_verdict_and_all_that_is_worse(tmp_path: pathlib.Path, named: str) -> None:
    done, _changes = _replayed([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=()))], NONE)
    assert _replay_runs.stopping(done, [named]) == ["The policy would turn 1 to fail on 1 host."]
    assert _replay_runs.stopping(done, []) == []


NEVER = "The effect of the policy is unknown: 1 host without evidence in these runs: audit them first."
UNREADABLE = "The effect of the policy is unknown: 1 host could not be judged."


@pytest.mark.parametrize(
    ("hosts", "absent", "damaged", "stops"),
    [
        pytest.param(["a"], [], [], [], id="all assessed"),
        pytest.param(["a"], ["dead"], [], [NEVER], id="never assessed"),
        pytest.param(["a"], ["b"], ["b"], [UNREADABLE], id="assessed, and the evidence damaged"),
        pytest.param([], ["dead"], [], [NEVER, "No host was judged."], id="none was assessed"),
        pytest.param([], [], [], ["No host was judged."], id="runs of nobody"),
    ],
)
def test_a_replay_stops_on_whoever_was_not_judged(
    tmp_path: pathlib.Path, hosts: list[str], absent: list[str], damaged: list[str], stops: list[str]
) -> None:
    run = run_of(tmp_path, FIRST, {host: [listener()] for host in hosts}, absent=absent)
    for host in damaged:
        (pathlib.Path(run) / "evidence" / f"{host}.json").write_text("{")
    done, _changes = _replayed([open_run(run)], SSH)
    assert _replay_runs.stopping(done, ["fail"]) == stops
    assert _replay_runs.stopping(done, []) == []


def test_a_replay_says_what_would_change_and_who_was_not_judged(tmp_path: pathlib.Path) -> None:
    run = run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener(), APP]})
    (pathlib.Path(run) / "evidence" / "c.json").write_text("{")
    done, changes = _replayed([open_run(run)], NONE)
    assert [(change.host, change.port, change.before.verdict, change.after.verdict) for change in changes] == [
        ("a", "22", "pass", "fail"),
        ("b", "22", "pass", "fail"),
    ]
    assert done.without_evidence == ["dead"]
    [unseen] = done.unseen
    assert unseen.host == "c.json"
    lines = _replay_text.summary(done.tally, unseen=done.unseen, policy_findings=done.policy_findings, absent=1)
    assert lines[:2] == [
        "2 changes on 2 hosts, of 3 listeners on 2 hosts.",
        "  2 listeners on 2 hosts would newly fail",
    ]
    assert "  22/tcp by sshd on a, b: pass -> fail (unlisted-listener)" in lines


def test_two_processes_say_the_same_as_one(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [open_run(run_of(tmp_path, FIRST, {f"h{number}": [listener(), APP] for number in range(7)}))]
    alone = _replayed(runs, NONE)[1]
    monkeypatch.setattr(_replay, "_ALONE", 0)
    monkeypatch.setattr(_replay, "_CHUNK", 2)
    monkeypatch.setattr(_replay, "_cores", lambda: 2)
    assert _replayed(runs, NONE)[1] == alone


def test_a_required_rule_is_a_change_where_nothing_listens(tmp_path: pathlib.Path) -> None:
    required = {**SSH, "rules": [*SSH["rules"], {"id": "db", "expect": "required", "protocol": "tcp", "port": 5432}]}
    [change] = _replayed([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))], required)[1]
    assert (change.port, change.address, change.after.codes) == ("5432", None, ("missing-listener",))


def test_as_of_makes_waivers_lapse(tmp_path: pathlib.Path) -> None:
    waived = {**SSH, "waivers": [_waiver("2026-12-31")]}
    runs = [open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP]}))]
    later = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    assert [change.after.verdict for change in _replayed(runs, waived)[1]] == ["waived"]
    done, changes = _replayed(runs, waived, as_of=later)
    assert changes == []
    assert [finding.code for finding in done.policy_findings] == ["expired-waiver"]


def _waiver(expires: str) -> dict[str, t.Any]:
    match = {"protocol": "tcp", "port": 8081}
    where = {"applies_to": {"groups": ["all"]}}
    return {"id": "w", "match": match, **where, "justification": "x", "approved_by": "y", "expires": expires}


def test_the_newest_run_speaks_for_a_host(tmp_path: pathlib.Path) -> None:
    paths = [run_of(tmp_path, SECOND, {"a": [APP]}), run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener()]})]
    runs = open_runs([*paths, paths[0]])
    assert [(stored.name, stored.run.run_id) for stored in newest(runs)] == [("a.json", SECOND), ("b.json", FIRST)]
    assert without_evidence(runs, newest(runs)) == ["dead"]


def test_a_run_that_was_copied_under_another_name_can_be_read(tmp_path: pathlib.Path) -> None:
    copied = pathlib.Path(run_of(tmp_path, FIRST, {"a": [listener()]})).rename(tmp_path / "copy")
    assert [stored.read()["host"]["name"] for stored in open_run(str(copied)).evidence()] == ["a"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("", "no directory with evidence was given", id="nothing"),
        pytest.param("gone", "it is not there", id="absent"),
        pytest.param("file", "it is a file", id="file"),
        pytest.param("empty", "neither run.json nor a run named latest", id="no run in it"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: pathlib.Path, given: str, said: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match=said):
        open_run(str(tmp_path / given) if given else "")


def test_a_suggestion_groups_what_a_group_has_and_sets_outliers_apart(tmp_path: pathlib.Path) -> None:
    hosts = {f"h{number}": [listener(), *([APP] if number == 3 else [])] for number in range(4)}
    written = suggested([open_run(run_of(tmp_path, FIRST, hosts))], name="mine")
    assert (written.counts["hosts"], written.counts["rules"], written.counts["outliers"]) == (4, 2, 1)
    assert "# 1 of 4 hosts of all listens on 8081/tcp" in written.text
    (tmp_path / "mine.yml").write_text(written.text)
    rules = {rule.id: rule for rule in loaded(str(tmp_path / "mine.yml")).rules}
    assert {name: rule.applies_to.hosts for name, rule in rules.items()} == {"sshd": (), "h3-java": ("h3",)}
    assert rules["sshd"].process is not None
    assert rules["sshd"].process.exe == ("/usr/sbin/sshd",)


PROXY = owner(name="docker-proxy", exe="/usr/bin/docker-proxy", unit="docker.service")
PAIR = [listener(8080, PROXY), listener(8080, PROXY, address="::"), DNAT]


def _suggested(tmp_path: pathlib.Path, hosts: dict[str, list[Listener]]) -> tuple[str, dict[str, Rule]]:
    run = open_run(run_of(tmp_path, FIRST, hosts))
    text = suggested([run], name="mine").text
    (tmp_path / "mine.yml").write_text(text)
    policy = loaded(str(tmp_path / "mine.yml"))
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=None, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"pass": len(hosts)}
    return text, {rule.id: rule for rule in policy.rules}


def test_a_published_port_and_its_proxy_are_suggested_as_one(tmp_path: pathlib.Path) -> None:
    text, rules = _suggested(tmp_path, {"a": PAIR, "b": PAIR})
    (rule,) = rules.values()
    assert (rule.id, rule.state) == ("docker-proxy", "published")
    assert rule.process == ProcessPatterns(exe=("/usr/bin/docker-proxy",), user=("root",), unit=("docker.service",))
    assert "# A packet filter publishes it without a socket, as container engines do." in text


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        pytest.param([DNAT], [("published", None)], id="alone"),
        pytest.param([listener(8080, JAVA)], [(None, "/usr/bin/java")], id="a socket alone"),
        pytest.param(
            [listener(8080, JAVA), listener(8080, PROXY, address="::"), DNAT],
            [("published", None), (None, "/usr/bin/docker-proxy"), (None, "/usr/bin/java")],
            id="with two holders",
        ),
    ],
)
def test_what_is_published_is_suggested_as_that(
    tmp_path: pathlib.Path, listeners: list[Listener], expected: list[tuple[str | None, str | None]]
) -> None:
    _text, rules = _suggested(tmp_path, {"a": listeners})
    found = [(rule.state, rule.process.exe[0] if rule.process else None) for rule in rules.values()]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_baseline_of_a_published_port_covers_no_socket(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), DNAT]}))
    written = baselined([run], policy=loaded(), terms=terms(_asked(), today=TODAY, source=FIRST), name="b")
    (tmp_path / "b.yml").write_text(written.text)
    [waiver] = loaded(str(tmp_path / "b.yml")).waivers
    assert (waiver.match.state, waiver.match.process) == ("published", None)


def test_a_baseline_waives_what_fails_and_nothing_else(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP], "b": [listener()]}))
    agreed = terms(_asked(), today=TODAY, source=FIRST)
    written = baselined([run], policy=loaded(), terms=agreed, name="ssh-baseline")
    assert written.counts["covered"] == {"unlisted-listener": 1}
    (tmp_path / "b.yml").write_text(written.text)
    [waiver] = loaded(str(tmp_path / "b.yml")).waivers
    assert (waiver.applies_to.hosts, waiver.approved_by, str(waiver.expires)) == (("a",), "platform", "2027-03-31")


def test_waivers_are_suggested_instead_of_rules(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP], "b": [listener()]}))
    agreed = terms(_asked(), today=TODAY, source=FIRST)
    written = suggested_waivers([run], name="until-march", terms=agreed)
    (tmp_path / "w.yml").write_text(written.text)
    policy = loaded(str(tmp_path / "w.yml"))
    assert (policy.name, policy.rules, written.counts["covered"]) == ("until-march", (), {"unlisted-listener": 3})
    ends = {(waiver.approved_by, str(waiver.expires)) for waiver in policy.waivers}
    assert (len(policy.waivers), ends) == (2, {("platform", "2027-03-31")})
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=None, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"waived": 2}
    late = datetime.datetime(2027, 4, 1, tzinfo=datetime.UTC)
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=late, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"fail": 2}


def test_one_is_not_told_as_many(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    written = suggested([run], name="mine")
    assert rules_summary("p.yml", written.counts) == (
        "p.yml: 1 rule from 1 host, 0 for outliers. Decide on every REVIEW."
    )
    assert "# listeners without a rule that only their host can reach: 0" in written.text
    waivers = suggested_waivers([run], name="w", terms=terms(_asked(), today=TODAY, source=FIRST))
    assert waivers_summary("w.yml", waivers.counts, expires="2027-03-31") == (
        "w.yml: 1 waiver for 1 finding on 1 host, until 2027-03-31. Not covered: nothing."
    )


def _asked(**changes: t.Any) -> dict[str, t.Any]:
    return {"owner": "platform", "expires": "2027-03-31", "justification": None, "ticket": "CHG-1", **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": " "}, "owner: required"),
        ({"expires": ""}, "expires: required"),
        ({"expires": "soon"}, "is not a date"),
        ({"expires": "2026-11-22"}, "is not after today"),
        ({"expires": "2027-11-24"}, "more than a year away"),
    ],
)
def test_a_baseline_without_owner_or_end_is_refused(changes: dict[str, t.Any], said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        terms(_asked(**changes), today=TODAY, source=FIRST)


def test_a_file_that_is_there_is_kept(tmp_path: pathlib.Path) -> None:
    written = suggested([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))], name="mine")
    (tmp_path / "mine.yml").write_text("worked on")
    with pytest.raises(EvidenceError, match="already exists"):
        keep(written, dest=str(tmp_path / "mine.yml"), force=False)
    assert keep(written, dest=str(tmp_path / "mine.yml"), force=True) == str(tmp_path / "mine.yml")
    with pytest.raises(EvidenceError, match="there is no directory"):
        keep(written, dest=str(tmp_path / "none" / "mine.yml"), force=False)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param([listener()], [listener(), APP], ["opened"], id="opened"),
        pytest.param([listener(), APP], [listener()], ["closed"], id="closed"),
        pytest.param([listener()], [listener(22, owner(exe="/tmp/x"))], ["replaced"], id="another executable"),  # noqa: S108
        pytest.param([listener()], [listener(22, owner(unit="x.service"))], ["replaced"], id="another unit"),
        pytest.param([listener()], [listener(22, owner(pid=1, started="x"))], [], id="a restart"),
        pytest.param([listener(address="127.0.0.1")], [listener()], ["widened"], id="bound wider"),
        pytest.param([listener()], [listener(address="127.0.0.1")], ["moved"], id="bound narrower"),
        pytest.param(
            [listener(address="10.0.0.5")], [listener(address="10.0.0.6")], ["moved"], id="bound elsewhere, as wide"
        ),
        pytest.param(
            [listener(40000, protocol="udp", ephemeral=True)],
            [unowned("denied", 50000, protocol="udp", ephemeral=True)],
            [],
            id="a port by chance whose owner was not read",
        ),
        pytest.param(
            [unowned("denied", 40000, protocol="udp", ephemeral=True)],
            [listener(50000, protocol="udp", ephemeral=True), listener(514, protocol="udp")],
            ["opened"],
            id="so before, beside a port that is compared",
        ),
        pytest.param(
            [listener(40000, protocol="udp", ephemeral=True)],
            [listener(50000, protocol="udp", ephemeral=True)],
            [],
            id="another port by chance",
        ),
        pytest.param(
            [listener()],
            [unowned("denied")],
            [],
            id="an owner that is not known",
        ),
    ],
)
def test_drift(tmp_path: pathlib.Path, before: list[Listener], after: list[Listener], kinds: list[str]) -> None:
    runs = [open_run(run_of(tmp_path, FIRST, {"a": before}))], [open_run(run_of(tmp_path, SECOND, {"a": after}))]
    tally = drift(*runs)
    assert [group.change.kind for group in tally.groups] == kinds
    assert document(tally, before=runs[0], after=runs[1])["compared"] == 1


UNSEEN = {
    "code": "published-unseen",
    "affects": "listeners",
    "detail": "published ports not seen: run with --become",
    "protocol": None,
    "family": None,
}


@pytest.mark.parametrize(
    ("before", "after", "gaps", "kinds"),
    [
        pytest.param([listener(), DNAT], [listener(), APP], [UNSEEN], ["opened"], id="a socket is compared"),
        pytest.param([listener()], [listener(), DNAT], [UNSEEN], [], id="a published port is not"),
        pytest.param([listener(), DNAT], [listener()], [], ["closed"], id="it is where both saw them"),
        pytest.param([listener()], [], [UNSEEN], ["closed"], id="no socket at all"),
        pytest.param(
            [listener(), DNAT],
            [],
            [{**UNSEEN, "code": "dump-refused", "protocol": "tcp"}],
            [],
            id="no protocol that was not seen",
        ),
    ],
)
def test_drift_where_published_ports_were_not_seen(
    tmp_path: pathlib.Path,
    before: list[Listener],
    after: list[Listener],
    gaps: list[dict[str, t.Any]],
    kinds: list[str],
) -> None:
    first = open_run(run_of(tmp_path, FIRST, {"a": before}))
    second = open_run(run_of(tmp_path, SECOND, {"a": after}, gaps=gaps))
    tally = drift([first], [second])
    assert [group.change.kind for group in tally.groups] == kinds
    assert len([hosts for hosts in tally.not_compared.values() if hosts == ("a",)]) == bool(gaps)


def test_hosts_that_cannot_be_compared_are_told(tmp_path: pathlib.Path) -> None:
    before = open_run(run_of(tmp_path, FIRST, {"a": [listener()], "gone": [listener()]}, owners="all"))
    after = open_run(run_of(tmp_path, SECOND, {"a": [listener()], "new": [listener()]}, owners="first"))
    tally = drift([before], [after])
    assert tally.not_compared == {
        "collected with owners all before and first now": ("a",),
        "there is no earlier evidence of it": ("new",),
        "there is no earlier and no later evidence of it": ("dead",),
        "there is no later evidence of it": ("gone",),
    }
    assert summary(tally)[0] == "Nothing was compared."


BLIND = {**UNSEEN, "code": "dump-refused", "protocol": "udp"}
UNREAD = unowned("denied")


@pytest.mark.parametrize(
    ("after", "gaps", "kinds", "stops"),
    [
        pytest.param({"a": [listener()]}, [], ["replaced"], [], id="all compared"),
        pytest.param({"a": [listener(), APP]}, [], ["opened", "closed"], ["1 opened"], id="a change"),
        pytest.param({"a": [listener()]}, [BLIND], ["opened"], ["1 host compared in part"], id="not for udp"),
        pytest.param({"a": [UNREAD]}, [], ["replaced"], ["1 host compared in part"], id="an owner was not read"),
        pytest.param({"a": [UNREAD]}, [], ["opened"], [], id="no owner is asked for"),
        pytest.param({}, [], ["opened"], ["nothing was compared", "1 host not compared"], id="no evidence now"),
        pytest.param({}, [BLIND], [], [], id="off"),
    ],
)
def test_what_was_not_compared_stops_a_gate_on_drift(
    tmp_path: pathlib.Path, after: dict[str, list[Listener]], gaps: list[t.Any], kinds: list[str], stops: list[str]
) -> None:
    before = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=()))
    now = open_run(run_of(tmp_path, SECOND, after, gaps=gaps, absent=()))
    assert stopping(drift([before], [now]), kinds) == stops


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        pytest.param(("dead",), (), ["1 host not compared"], id="in the earlier run"),
        pytest.param((), ("dead",), ["1 host not compared"], id="in the later run"),
        pytest.param(("dead",), ("dead",), ["1 host not compared"], id="in both"),
        pytest.param((), (), [], id="in neither"),
    ],
)
def test_a_host_that_no_run_assessed_stops_a_gate_on_drift(
    tmp_path: pathlib.Path, before: tuple[str, ...], after: tuple[str, ...], stops: list[str]
) -> None:
    earlier = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=before))
    later = open_run(run_of(tmp_path, SECOND, {"a": [listener()]}, absent=after))
    assert stopping(drift([earlier], [later]), ["opened"]) == stops


def test_two_runs_for_nobody_are_no_open_gate(tmp_path: pathlib.Path) -> None:
    runs = [open_run(run_of(tmp_path, run_id, {}, absent=())) for run_id in (FIRST, SECOND)]
    tally = drift(runs[:1], runs[1:])
    assert (summary(tally), stopping(tally, ["opened"])) == (["Nothing was compared."], ["nothing was compared"])


def _closed(tmp_path: pathlib.Path, before: list[Listener], **gates: t.Any) -> ReportModel:
    earlier = Reference([open_run(run_of(tmp_path, FIRST, {"a": before}))])
    run = open_run(run_of(tmp_path, SECOND, {"a": [listener(), APP]}))
    return close(run.directory, run.record, gate=gates.pop("gate", ()), reference=earlier, **gates).model


def test_new_is_what_did_not_fail_before(tmp_path: pathlib.Path) -> None:
    there = _closed(tmp_path / "1", [listener(), APP], gate=("new",))
    assert there.drift is not None
    assert (there.drift.new, there.gate.hosts) == (0, 1)  # the host that was not seen stops it
    come = _closed(tmp_path / "2", [listener()], gate=("new",))
    assert come.drift is not None
    assert (come.drift.new, come.gate.hosts) == (1, 2)


def test_drift_stops_the_gate_by_kind(tmp_path: pathlib.Path) -> None:
    assert _closed(tmp_path / "1", [listener()], drift_gate=("opened",)).gate.hosts == 2
    assert _closed(tmp_path / "2", [listener()], drift_gate=("closed",)).gate.hosts == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fail_on": ["new"]}, "fail_on new needs an earlier run"),
        ({"fail_on_drift": ["opened"]}, "fail_on_drift needs an earlier run"),
    ],
)
def test_a_gate_that_compares_needs_something_to_compare_with(changes: dict[str, t.Any], said: str) -> None:
    with pytest.raises(Exception, match=said):
        reference({"reference": [], "fail_on": [], "fail_on_drift": [], **changes}, run_id=SECOND)


def test_a_run_is_not_compared_with_itself(tmp_path: pathlib.Path) -> None:
    given = {"reference": [run_of(tmp_path, FIRST, {"a": []})], "fail_on": ["new"], "fail_on_drift": [], "verify": True}
    with pytest.raises(Exception, match="is this run itself"):
        reference(given, run_id=FIRST)


def test_changes_are_written_as_they_come(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    files = _replay_runs.Files(str(tmp_path / "out"))
    with files.changes() as emit:
        done = _replay_runs.replay([run], policy=loaded(NONE), against=None, as_of=None, emit=emit)
    about = _replay_runs.about([run], policy=loaded(NONE), against=None, as_of=None)
    files.write(_replay_text.document(done.tally, unseen=[], policy_findings=[], about=about))
    [line] = (tmp_path / "out" / "changes.jsonl").read_text().splitlines()
    assert json.loads(line)["after"]["codes"] == ["unlisted-listener"]
    assert json.loads((tmp_path / "out" / "replay.json").read_text())["into"]["fail"] == {"listeners": 1, "hosts": 1}


def test_the_lint_learns_what_evidence_shows_of_a_policy(tmp_path: pathlib.Path) -> None:
    earlier = run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener(), APP]})
    runs = open_runs([earlier, run_of(tmp_path, SECOND, {"a": [listener()]})])
    policy = loaded({**SSH, "rules": [*SSH["rules"], {"id": "db", "protocol": "tcp", "port": 5432}]})
    seen = _lint_with_evidence.seen_in(runs, policy=policy, as_of=None)
    assert seen.inventory == dict.fromkeys(("a", "b", "dead"), ("all", "web"))
    assert (seen.unseen, seen.rules_used) == ({"dead"}, {"ssh"})
    assert [str(day) for day in seen.days] == ["2026-11-22", "2026-11-23"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda text: text.replace('"ssh"', '"ash"'), "was altered", id="altered"),
        pytest.param(lambda text: text[:40], "cannot be read back", id="truncated"),
    ],
)
def test_a_policy_that_was_damaged_judges_nobody(
    tmp_path: pathlib.Path, damage: t.Callable[[str], str], said: str
) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    path = pathlib.Path(run.directory.path) / "policies" / f"{loaded().sha256}.json"
    path.write_text(damage(path.read_text()))
    for reading in (lambda: close(run.directory, run.record, gate=()), lambda: _replayed([run], NONE)):
        with pytest.raises(EvidenceError, match=f"{path.name}.*{said}"):
            reading()


def test_a_run_that_was_cut_off_is_named_where_there_is_no_other(tmp_path: pathlib.Path) -> None:
    run_of(tmp_path, FIRST, {"a": [listener()]})
    with pytest.raises(EvidenceError, match=f"only the run {FIRST} that did not finish a report"):
        open_run(str(tmp_path))
    run_of(tmp_path, SECOND, {"a": [listener()]})
    with pytest.raises(EvidenceError, match=f"only 2 runs, the newest {SECOND}, that did not finish a report"):
        open_run(str(tmp_path))
