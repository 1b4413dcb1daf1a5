# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of evidence for controls: what a run shows of it, and what it says is missing."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._control_choices import read_controls
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import DriftChange, HostDrift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._since import Since
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    Approval,
    PortItem,
    Rule,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections.controls._evidence_kinds import (
    KINDS,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

CATALOGUE = Catalogue.load()
SSHD = owner_named("sshd")
WHOLE = Approval(
    owner="platform",
    justification="administration",
    approved_by="security",
    approved_on=datetime.date(2026, 1, 5),
    review_by=datetime.date(2027, 1, 5),
)
TELNET = {"ports": (PortItem("tcp", 23, 23, "23"),), "insecure": True}


def rule(ident="ssh", approval=WHOLE, **fields):
    place = dataclasses.replace(sample.POLICY.rules[0].place, line=9)
    return Rule(ident, place, **{"ports": (PortItem("tcp", 22, 22, "22"),), **fields}, approval=approval)


def without(field, ident="bare", **fields):
    return rule(ident, dataclasses.replace(WHOLE, **{field: None}), **fields)


def seen(name="a", *judged, **fields):
    evidence = document(name, policy=sample.SHA256, gaps=fields.pop("gaps", ()), left_out=fields.pop("left_out", 0))
    return host(name, *judged, evidence=evidence, **fields)


def unseen(name="dead"):
    return host(name, findings=[Finding("not-assessed", "unverified", "high", "no answer")], reason="no answer")


OPEN = found(listener(81, SSHD), "unassigned-port", "fail", "81/tcp")
SSH = passed(listener(22, SSHD), rule="ssh")
LOOPBACK = passed(listener(25, SSHD, address="127.0.0.1"), reach="host")
HIDDEN = found(unowned("denied", 443), "unverified-owner", "unverified", "443/tcp")
WAIVED = found(listener(80, SSHD), "excess-reach", "waived", "80/tcp", waiver="W", before_waiver="fail")
WIDE = found(listener(80, SSHD), "excess-reach", "fail", "80/tcp")
CHANCE = found(listener(40000, SSHD, protocol="udp"), "ephemeral-udp", "warn", "40000/udp")
CLEAR = found(listener(23, SSHD), "unlisted-listener", "fail", "23/tcp")
FEATURES = dataclasses.replace(WHOLE, security_features="VPN only")


def evidence(kind, hosts=(), rules=(), waivers=(), **run):
    """What the report says of one kind, as lines; names follow a colon."""
    asked = [{"framework": "acme", "version": "1", "id": "x", "evidence": [kind]}]
    policy = dataclasses.replace(sample.POLICY, rules=tuple(rules), waivers=tuple(waivers))
    given = {"policies": (policy,), "left_out": (), "controls": read_controls(asked, CATALOGUE), **run}
    (row,) = build(sample.run(**given), list(hosts), []).controls
    (one,) = row.evidence
    assert (one.name, one.title) == (kind, CATALOGUE.titles[kind])
    return [_line(fact) for fact in one.shown], [_line(fact) for fact in one.missing]


def _line(fact):
    return f"{fact.text}: {', '.join(fact.names.all)}" if fact.names.all else fact.text


def test_every_kind_of_the_catalogue_is_counted():
    assert list(KINDS) == list(CATALOGUE.titles)


OF_LISTENERS = (
    *("listeners-enumerated", "listeners-judged", "listeners-approved", "insecure-services-justified"),
    *("unassigned-flagged", "bindings-restricted"),
)


@pytest.mark.parametrize("kind", OF_LISTENERS)
def test_a_host_that_was_not_seen_is_missing_wherever_listeners_are_counted(kind):
    lacking = "1 host whose listeners were not seen: dead"
    assert lacking in evidence(kind, [seen("a", SSH), unseen()])[1]
    assert lacking not in evidence(kind, [seen("a", SSH)])[1]


@pytest.mark.parametrize(
    ("given", "shown", "missing"),
    [
        pytest.param({"hosts": [seen()]}, ["1 of 1 host assessed"], [], id="all"),
        pytest.param(
            {"hosts": [seen(), unseen("z"), unseen("b")], "left_out": ("lab",)},
            ["1 of 3 hosts assessed"],
            ["2 hosts not assessed: b, z", "1 host of the inventory left out of this run: lab"],
            id="some not",
        ),
        pytest.param({}, ["0 of 0 hosts assessed"], ["the run has no hosts"], id="nobody"),
    ],
)
def test_hosts_assessed(given, shown, missing):
    assert evidence("hosts-assessed", **given) == (shown, missing)


@pytest.mark.parametrize(
    ("hosts", "shown", "missing"),
    [
        pytest.param([seen("a", SSH)], ["1 of 1 listener with all owners known"], [], id="all"),
        pytest.param(
            [seen("a", SSH, HIDDEN, gaps=[gap("owners", code="permission", detail="not root")], left_out=2)],
            ["1 of 2 listeners with all owners known"],
            [
                "1 host with gaps: some listeners or owners were not seen: a",
                "1 listener with owners that are not all known: a",
                "2 network namespaces not audited: a",
            ],
            id="without root",
        ),
        pytest.param(
            [seen("a", gaps=[gap("host", code="clock", detail="no clock")])],
            ["0 of 0 listeners with all owners known"],
            [],
            id="a gap that hides no listener",
        ),
        pytest.param(
            [seen("a", passed(listener(22, owner_status="kernel")), passed(listener(80, published_by="nftables")))],
            ["2 of 2 listeners with all owners known"],
            [],
            id="the kernel, and a packet filter",
        ),
        pytest.param(
            [seen("a", passed(listener(22, SSHD, owners_complete=False)))],
            ["0 of 1 listener with all owners known"],
            ["1 listener with owners that are not all known: a"],
            id="one owner known, others may be",
        ),
        pytest.param(
            [unseen()],
            ["0 of 0 listeners with all owners known"],
            ["1 host whose listeners were not seen: dead"],
            id="nothing seen",
        ),
    ],
)
def test_listeners_enumerated(hosts, shown, missing):
    assert evidence("listeners-enumerated", hosts) == (shown, missing)


def test_listeners_judged():
    shown = ["4 listeners judged: 1 fail, 1 unverified, 1 waived, 1 pass"]
    missing = ["1 host whose listeners were not seen: dead", "1 listener with an open verdict: a"]
    assert evidence("listeners-judged", [seen("a", SSH, OPEN, HIDDEN, WAIVED), unseen()]) == (shown, missing)
    assert evidence("listeners-judged", [seen("a", SSH)]) == (["1 listener judged: 1 pass"], [])


def test_listeners_approved():
    hosts = [seen("b", SSH, OPEN, LOOPBACK, CHANCE), seen("a", HIDDEN, WAIVED, WIDE)]
    shown = ["1 of 7 listeners approved by a rule", "1 listener under a waiver"]
    missing = [
        "2 open findings with the verdict fail: a, b",
        "1 open finding with the verdict warn: b",
        "1 listener with an open verdict: a",
        "1 listener that pass by a default of the policy, without a rule: b",
    ]
    assert evidence("listeners-approved", hosts) == (shown, missing)
    assert evidence("listeners-approved", [seen("a", SSH)]) == (["1 of 1 listener approved by a rule"], [])


@pytest.mark.parametrize(
    ("rules", "whole", "missing"),
    [
        pytest.param([rule()], "1 of 1 rule", [], id="whole"),
        pytest.param([], "0 of 0 rules", ["no approving rule"], id="none"),
        pytest.param([rule(expect="forbidden", approval=Approval())], "0 of 0 rules",
                     ["no approving rule"], id="forbidding needs no approval"),
        *(
            pytest.param([rule(), without(field)], "1 of 2 rules", [f"1 rule without {field}: bare"], id=field)
            for field in ("justification", "owner", "approved_by", "approved_on")
        ),
        pytest.param([rule(approval=dataclasses.replace(WHOLE, owner="REVIEW: who?"))], "0 of 1 rule",
                     ["1 rule without owner: ssh"], id="suggested, not decided"),
    ],
)  # fmt: skip
def test_approvals_documented(rules, whole, missing):
    shown = f"{whole} with justification, owner, approver and date"
    assert evidence("approvals-documented", rules=rules) == ([shown], missing)


def test_reviews_current():
    overdue = rule("old", dataclasses.replace(WHOLE, review_by=datetime.date(2026, 11, 21)))
    rules = [rule(), overdue, without("review_by"), rule("due", dataclasses.replace(WHOLE, review_by=_today()))]
    shown, missing = evidence("reviews-current", rules=rules)
    assert shown == ["2 of 4 rules with a future review date"]
    assert missing == ["1 rule overdue for review: old", "1 rule without a date of review (review_by): bare"]


def _today():
    return datetime.date(2026, 11, 22)


def test_exceptions_approved():
    kept, lapsed, _third = sample.POLICY.waivers
    dated = dataclasses.replace(kept, id="W-9", approved_on=_today())
    marked = dataclasses.replace(dated, id="W-8", justification="REVIEW")
    shown, missing = evidence("exceptions-approved", [seen("a", WAIVED)], waivers=[kept, lapsed, dated, marked])
    assert shown == ["2 waivers in force, with justification, approver and last day", "1 finding under a waiver"]
    assert missing == [
        "1 waiver expired: W-2",
        "1 waiver without a date of approval (approved_on): W-1",
        "1 waiver still marked REVIEW: W-8",
    ]
    assert evidence("exceptions-approved") == (["no waiver in force"], [])


NONE = "no rule that approves an insecure service"
KEPT = "for insecure services with justification and security_features"


@pytest.mark.parametrize(
    ("rules", "hosts", "shown", "missing"),
    [
        pytest.param([rule()], [], NONE, [], id="none"),
        pytest.param([rule("t", FEATURES, **TELNET)], [], f"1 of 1 rule {KEPT}", [], id="whole"),
        pytest.param(
            [rule("t", **TELNET)],
            [],
            f"0 of 1 rule {KEPT}",
            ["1 rule for insecure services without security_features: t"],
            id="no features",
        ),
        pytest.param(
            [rule("t", dataclasses.replace(FEATURES, justification=None), **TELNET)],
            [],
            f"0 of 1 rule {KEPT}",
            ["1 rule for insecure services without justification: t"],
            id="no justification",
        ),
        pytest.param(
            [rule("t", ports=(PortItem("tcp", 20, 30, "20-30"),))],
            [],
            f"0 of 1 rule {KEPT}",
            [
                "1 rule for insecure services without security_features: t",
                "1 rule for ports of FTP, Telnet, not marked insecure: t",
            ],
            id="their ports, and nobody said so",
        ),
        pytest.param([rule("t", **{**TELNET, "expect": "forbidden"})], [], NONE, [], id="forbidden"),
        pytest.param(
            [], [seen("a", CLEAR)], NONE, ["1 listener on ports of insecure services, not approved: a"], id="listening"
        ),
        pytest.param([], [unseen()], NONE, ["1 host whose listeners were not seen: dead"], id="not seen"),
    ],
)
def test_insecure_services_justified(rules, hosts, shown, missing):
    assert evidence("insecure-services-justified", hosts, rules) == ([shown], missing)


def test_unassigned_flagged():
    kept = passed(listener(9187, SSHD), rule="metrics")
    by_default = passed(listener(9121, SSHD, address="127.0.0.1"), reach="host")
    shown, missing = evidence("unassigned-flagged", [seen("a", OPEN, kept, SSH, CHANCE), seen("b", by_default)])
    assert shown == [
        "3 listeners on unassigned ports, all flagged",
        "1 listener of these approved by a rule",
    ]
    assert missing == ["2 listeners on unassigned ports, without a rule: a, b"]
    none = "no listener seen on unassigned ports"
    assert evidence("unassigned-flagged", [seen("a", SSH)]) == ([none], [])


def test_bindings_restricted():
    shown, missing = evidence("bindings-restricted", [seen("a", WIDE, WAIVED)], [rule(), rule("in", reach="private")])
    assert shown == ["1 of 2 rules with a limit to reach or address"]
    assert missing == ["1 rule without reach or address: ssh", "1 listener bound wider than approved: a"]


def test_runs_compared():
    observed = "observed between 2026-11-22T22:59:07Z and 2026-11-22T22:59:31Z"
    assert evidence("runs-compared", [seen()]) == ([observed], ["no earlier run to compare with"])
    opened = HostDrift(changes=(DriftChange("opened", "tcp", 81, "python3", None, "0.0.0.0"),))
    hosts = [
        dataclasses.replace(seen("a"), since=Since(opened)),
        dataclasses.replace(seen("b"), since=Since(HostDrift(reason="other options"))),
        dataclasses.replace(seen("c"), since=Since(HostDrift(partly=("udp",)))),
    ]
    shown, missing = evidence("runs-compared", hosts, reference=("earlier",))
    assert shown == [observed, "2 hosts compared with earlier, 1 change"]
    assert missing == ["2 hosts not compared, or in part: b, c"]
