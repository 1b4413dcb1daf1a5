# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a policy itself: waivers that ran out, reviews overdue, what is unused, what names nothing."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostResult
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._policy_findings import policy_findings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    Approval,
    SourcePlace,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import NOW, host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

INVENTORY = {"web1": frozenset({"web"}), "web2": frozenset({"web"}), "db1": frozenset({"db"})}


def result(name: str, *, rules: tuple[str, ...] = (), waivers: tuple[str, ...] = ()) -> HostResult:
    return HostResult(host=name, verdict="pass", rules_used=frozenset(rules), waivers_used=frozenset(waivers))


def seen(*, rules: tuple[str, ...] = (), waivers: tuple[str, ...] = ()) -> dict[str, HostResult]:
    """Every host assessed; the first used some of the policy."""
    return {"web1": result("web1", rules=rules, waivers=waivers), "web2": result("web2"), "db1": result("db1")}


def findings(*parts, results=None, unseen=(), as_of=NOW, **changes):
    return policy_findings(
        policy(*parts, **changes),
        inventory=INVENTORY,
        results=seen(rules=("ssh",), waivers=("W-1",)) if results is None else results,
        not_assessed=frozenset(unseen),
        as_of=as_of,
    )


def told(*parts, **options):
    return [(finding.code, finding.rule or finding.waiver) for finding in findings(*parts, **options)]


def test_nothing_to_say():
    assert findings(rule(), waiver("22/tcp")) == ()


# --- waivers in time; it is 15 June 2026


@pytest.mark.parametrize(
    ("expires", "approved_on", "expected"),
    [
        pytest.param("2026-12-31", None, [], id="in-force"),
        pytest.param("2026-06-14", None, ["expired-waiver"], id="expired"),
        pytest.param("2026-06-15", None, ["expiring-waiver"], id="last-day"),
        pytest.param("2026-07-15", None, ["expiring-waiver"], id="thirty-days"),
        pytest.param("2026-07-16", None, [], id="thirty-one-days"),
        pytest.param("2027-06-15", None, [], id="a-year-from-today"),
        pytest.param("2027-06-16", None, ["long-waiver"], id="beyond-a-year-from-today"),
        pytest.param("2027-01-05", "2026-01-05", [], id="a-year-from-approval"),
        pytest.param("2027-01-06", "2026-01-05", ["long-waiver"], id="beyond-a-year-from-approval"),
        pytest.param("2027-06-30", "2026-07-01", [], id="approval-counts-before-today"),
        pytest.param("2025-03-01", "2024-02-29", ["expired-waiver"], id="leap-day"),
        pytest.param("2026-07-01", "2025-01-01", ["expiring-waiver", "long-waiver"], id="both"),
        pytest.param("2025-12-31", "2024-01-01", ["expired-waiver"], id="expired-says-nothing-more"),
    ],
)
def test_waivers_in_time(expires, approved_on, expected):
    given = waiver(
        "22/tcp",
        expires=datetime.date.fromisoformat(expires),
        approved_on=datetime.date.fromisoformat(approved_on) if approved_on else None,
    )
    assert [finding.code for finding in findings(given)] == expected


def test_a_year_from_a_leap_day():
    def long(expires):
        given = waiver("22/tcp", expires=datetime.date.fromisoformat(expires), approved_on=datetime.date(2028, 2, 29))
        return told(given, as_of=datetime.datetime(2028, 3, 1, tzinfo=datetime.UTC))

    assert long("2029-03-01") == []
    assert long("2029-03-02") == [("long-waiver", "W-1")]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-06-15T23:59:59+00:00", "expiring-waiver"),
        ("2026-06-16T00:00:00+00:00", "expired-waiver"),
        ("2026-06-16T01:00:00+02:00", "expiring-waiver"),
    ],
)
def test_days_are_of_utc(as_of, expected):
    given = waiver("22/tcp", expires=datetime.date(2026, 6, 15))
    assert told(given, as_of=datetime.datetime.fromisoformat(as_of)) == [(expected, "W-1")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            waiver("22/tcp", expires=datetime.date(2026, 6, 14)),
            "waiver W-1 expired after 2026-06-14 and no longer applies",
        ),
        (waiver("22/tcp", expires=datetime.date(2026, 6, 15)), "waiver W-1 ends after 2026-06-15, today"),
        (waiver("22/tcp", expires=datetime.date(2026, 6, 16)), "waiver W-1 ends after 2026-06-16, tomorrow"),
        (waiver("22/tcp", expires=datetime.date(2026, 6, 25)), "waiver W-1 ends after 2026-06-25, in 10 days"),
        (
            waiver("22/tcp", expires=datetime.date(2028, 1, 1)),
            "waiver W-1 lasts until 2028-01-01, more than a year after today",
        ),
        (
            waiver("22/tcp", expires=datetime.date(2028, 1, 1), approved_on=datetime.date(2026, 1, 1)),
            "waiver W-1 lasts until 2028-01-01, more than a year after it was approved",
        ),
        (rule(review_by=datetime.date(2026, 6, 14)), "rule ssh was due for review by 2026-06-14"),
        (rule(name="web"), "rule web matches no listener on the hosts that it applies to"),
        (waiver("22/tcp", name="W-2"), "waiver W-2 covers no finding on the hosts that it applies to"),
        (
            rule(applies_to=AppliesTo(groups=("wbe",))),
            "rule ssh applies to group 'wbe', which the inventory does not have; did you mean 'web'?",
        ),
        (
            waiver("22/tcp", applies_to=AppliesTo(hosts=("mail*",))),
            "waiver W-1 applies to hosts 'mail*', which match no host of the inventory",
        ),
        (
            rule(applies_to=AppliesTo(hosts=("web-1", "web2"))),
            "rule ssh applies to hosts 'web-1', which match no host of the inventory; did you mean 'web1'?",
        ),
    ],
)
def test_messages(given, message):
    (finding,) = findings(given)
    assert finding.message == message
    assert finding.verdict == "warn"
    assert finding.host is None
    assert finding.place in (SourcePlace("policy.yml", 10, 5), SourcePlace("policy.yml", 50, 5))


# --- reviews


@pytest.mark.parametrize(
    ("review_by", "expected"),
    [("2026-06-14", ["overdue-review"]), ("2026-06-15", []), ("2027-01-05", [])],
    ids=["overdue", "the-day-itself", "to-come"],
)
def test_reviews(review_by, expected):
    given = rule(review_by=datetime.date.fromisoformat(review_by))
    assert [finding.code for finding in findings(given)] == expected


def test_an_overdue_rule_still_holds():
    assert judge(policy(rule(review_by=datetime.date(2020, 1, 1))), listener(22)).verdict == "pass"


# --- unused

WEB = AppliesTo(groups=("web",))


@pytest.mark.parametrize(
    ("part", "options", "expected"),
    [
        pytest.param(rule(name="web"), {}, [("unused-rule", "web")], id="rule"),
        pytest.param(rule(), {}, [], id="rule-used-on-one-host"),
        pytest.param(rule(name="no", expect="forbidden"), {}, [], id="forbidden-is-not-to-be-used"),
        pytest.param(rule(name="web"), {"unseen": ["db1"]}, [], id="a-host-was-not-assessed"),
        pytest.param(
            rule(name="web", applies_to=WEB), {"unseen": ["db1"]}, [("unused-rule", "web")], id="not-one-of-its-hosts"
        ),
        pytest.param(rule(name="web", applies_to=WEB), {"unseen": ["web2"]}, [], id="one-of-its-hosts"),
        pytest.param(
            rule(name="web", applies_to=AppliesTo(not_groups=("web",))),
            {"unseen": ["web2"]},
            [("unused-rule", "web")],
            id="hosts-left-out-need-not-be-seen",
        ),
        pytest.param(rule(name="web", applies_to=AppliesTo(not_groups=("all",))), {}, [], id="no-host-in-scope"),
        pytest.param(waiver("22/tcp", name="W-2"), {}, [("unused-waiver", "W-2")], id="waiver"),
        pytest.param(waiver("22/tcp"), {}, [], id="waiver-used"),
        pytest.param(waiver("22/tcp", name="W-2"), {"unseen": ["web1"]}, [], id="waiver-and-a-host-not-assessed"),
    ],
)
def test_unused(part, options, expected):
    assert told(part, **options) == expected


BASELINE = "/usr/share/ansible_collections/fleetports/compliance/roles/port_audit/files/policies/baseline.yml"


def _at(file, *names, **changes):
    return [
        rule(f"{1000 + number}/tcp", name=name, place=SourcePlace(file, 10 + number, 3, "baseline"), **changes)
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("file", [BASELINE, BASELINE[BASELINE.index("roles/") :]], ids=["installed", "checkout"])
def test_unused_rules_of_the_bundled_baseline_are_one_finding(file):
    given = [*_at(file, "ssh", "ntp", "dhcp", "cups", severity="critical"), *_at("mine.yml", "web", "db")]
    one, *own = sorted(findings(*given), key=lambda finding: finding.rule or "")
    assert [finding.rule for finding in own] == ["db", "web"]
    assert (one.code, one.verdict, one.severity, one.rule) == ("unused-rule", "warn", "medium", None)
    assert one.message == ("3 of 4 rules of the bundled baseline match no listener on these hosts: ntp, dhcp, cups")
    assert (one.place, one.layer) == (SourcePlace(file), "baseline")


@pytest.mark.parametrize(
    "file", ["baseline.yml", "policies/baseline.yml", f"{BASELINE}.orig", "our-roles/port_audit.yml"]
)
def test_a_copy_of_the_baseline_keeps_a_finding_for_each(file):
    assert len(findings(*_at(file, "ssh", "ntp", "dhcp"))) == 2


def test_one_unused_rule_of_the_baseline_is_said_as_any():
    assert told(*_at(BASELINE, "ssh", "ntp")) == [("unused-rule", "ntp")]


def test_other_findings_about_the_baseline_stay():
    review = Approval(review_by=datetime.date(2026, 6, 1))
    given = _at(BASELINE, "ssh", "ntp", "dhcp", approval=review)
    codes = [finding.code for finding in findings(*given)]
    assert sorted(codes) == ["overdue-review"] * 3 + ["unused-rule"]


def test_unused_is_not_said_when_a_host_was_seen_in_part():
    partly = judge(policy(rule()), facts=host_facts("web2", gaps=[gap("listeners", protocol="tcp")]))
    assert told(rule(name="web"), results={**seen(), "web2": partly}) == []


_JAVA = {"exe": "/usr/bin/java"}


@pytest.mark.parametrize(
    ("part", "gaps", "listeners", "said"),
    [
        pytest.param(waiver("6379/tcp"), [], [], True, id="waiver: all was read"),
        pytest.param(waiver("6379/tcp"), ["owners"], [], False, id="waiver: owners unread"),
        pytest.param(waiver("6379/tcp"), ["units"], [], False, id="waiver: units unread"),
        pytest.param(waiver("6379/tcp"), ["addresses"], [], False, id="waiver: addresses unread"),
        pytest.param(waiver("6379/tcp"), ["host"], [], True, id="waiver: no machine id"),
        pytest.param(waiver("6379/tcp"), ["paths"], [], True, id="waiver of a port: paths unread"),
        pytest.param(waiver(), ["paths"], [], False, id="waiver of anything: paths unread"),
        pytest.param(waiver(codes="alternate-path"), ["paths"], [], False, id="waiver of paths: paths unread"),
        pytest.param(waiver(codes="wrong-owner"), ["paths"], [], True, id="waiver of owners: paths unread"),
        pytest.param(waiver("6379/tcp"), [], [unowned("denied", 22)], False, id="waiver: an owner was not read"),
        pytest.param(
            waiver("6379/tcp"), [], [unowned("not_collected", 80)], False, id="waiver: owners were not asked for"
        ),
        pytest.param(
            waiver("80/tcp", process=_JAVA), [], [unowned("unattributed", 80)], False, id="waiver: who it is is unknown"
        ),
        pytest.param(
            waiver("6379/tcp", process=_JAVA), [], [unowned("unattributed", 80)], True, id="waiver: of another port"
        ),
        pytest.param(
            waiver("22/tcp", codes="wrong-owner"), [], [unowned("unattributed")], False, id="waiver: owner undecided"
        ),
        pytest.param(rule("25/tcp", name="smtp"), [], [], True, id="rule: all was read"),
        pytest.param(rule("25/tcp", name="smtp"), ["owners"], [], True, id="rule: owners unread"),
        pytest.param(rule("25/tcp", name="smtp"), ["addresses"], [], False, id="rule: addresses unread"),
        pytest.param(rule("25/tcp", name="smtp"), ["listeners"], [], False, id="rule: listeners unread"),
        pytest.param(rule("25/tcp", name="smtp"), ["paths"], [], True, id="rule: paths unread"),
        pytest.param(
            rule("80/tcp", name="web", process=_JAVA),
            [],
            [unowned("denied", 80)],
            False,
            id="rule: unknown",
        ),
    ],
)
def test_unused_is_said_only_where_nothing_can_have_hidden_a_match(part, gaps, listeners, said):
    ssh = rule("22/tcp", process={"exe": "/usr/sbin/sshd"})
    given = policy(ssh, part)
    results = {name: judge(given, listener(22), facts=host_facts(name)) for name in INVENTORY}
    there = host_facts("web2", gaps=[gap(affects) for affects in gaps])
    results["web2"] = judge(given, listener(443), *listeners, facts=there)
    codes = {finding.code for finding in findings(ssh, part, results=results)}
    assert bool({"unused-rule", "unused-waiver"} & codes) is said


def test_unused_is_said_of_what_was_judged_under_this_policy():
    given = policy(rule(), rule("23/tcp", name="telnet"))
    results = {name: judge(given, listener(22), facts=host_facts(name)) for name in INVENTORY}
    assert told(rule(), rule("23/tcp", name="telnet"), results=results) == [("unused-rule", "telnet")]


# --- targets


@pytest.mark.parametrize(
    ("applies_to", "expected"),
    [
        pytest.param(AppliesTo(groups=("web", "db")), [], id="groups"),
        pytest.param(AppliesTo(groups=("all", "ungrouped")), [], id="groups-of-every-inventory"),
        pytest.param(AppliesTo(groups=("wbe",)), ["wbe"], id="group"),
        pytest.param(AppliesTo(groups=("web", "wbe")), ["wbe"], id="one-of-the-groups"),
        pytest.param(AppliesTo(not_groups=("dmz",)), ["dmz"], id="group-left-out"),
        pytest.param(AppliesTo(hosts=("web*",)), [], id="hosts"),
        pytest.param(AppliesTo(hosts=("mail*", "db1")), ["mail*"], id="one-of-the-hosts"),
        pytest.param(AppliesTo(groups=("x",), hosts=("y",), not_groups=("z",)), ["x", "y", "z"], id="all"),
    ],
)
@pytest.mark.parametrize("make", [rule, waiver], ids=["rule", "waiver"])
def test_unknown_targets(make, applies_to, expected):
    given = make("22/tcp", applies_to=applies_to)
    found = [finding for finding in findings(given) if finding.code == "unknown-target"]
    assert sorted(finding.found for finding in found) == expected


# --- all of them


def test_severity_and_order():
    given = [
        rule(name="b", severity="critical", review_by=datetime.date(2020, 1, 1)),
        rule(name="a", review_by=datetime.date(2020, 1, 1)),
        waiver("22/tcp", expires=datetime.date(2020, 1, 1)),
    ]
    results = seen(rules=("a", "b"))
    found = findings(*given, results=results, defaults={"severity": "low"})
    assert [(one.code, one.rule or one.waiver, one.severity) for one in found] == [
        ("expired-waiver", "W-1", "low"),
        ("overdue-review", "a", "low"),
        ("overdue-review", "b", "critical"),
    ]
    assert findings(*reversed(given), results=results, defaults={"severity": "low"}) == found
