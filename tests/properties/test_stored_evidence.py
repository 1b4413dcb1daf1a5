# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored evidence, searched for counter-examples: replay, suggest, baseline and drift of fleets that were made up."""

from __future__ import annotations

import dataclasses
import datetime
import random
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import parse_iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import compare as drift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._new_findings import new_findings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._assess import Document
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostResult
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._review_mark import is_marked
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._source import Source
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._host_replay import compare as replay
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._baseline import (
    Baseline,
    BaselineTerms,
    baseline,
    waivers_text,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._policy_text import policy_text
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._suggest import (
    Suggestion,
    subject,
    suggest,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver
from hypothesis import given, settings
from hypothesis import strategies as st

REGISTRY = Registry.load()
AS_OF = "2026-06-15T12:00:00Z"
AS_OF_DAY = datetime.date(2026, 6, 15)
FEWER = settings(max_examples=40)  # each example judges a fleet several times

_EXES = ("/usr/sbin/sshd", "/usr/bin/java", "/opt/a b/[x]*", "/x{{ y }}", "/srv/\udcff", 'quo"te\\', None)
_owners = st.builds(
    owner,
    exe=st.sampled_from(_EXES),
    name=st.sampled_from(["sshd", "java", "on", None]),
    exe_on_host=st.sampled_from([True, True, False, None]),
    user=st.sampled_from(["root", "app", "1000", "no", None]),
    uid=st.sampled_from([0, 1000, None]),
    unit=st.sampled_from(["ssh.service", "app@1.service", "session-4.scope", "user@0.service", None]),
    container=st.sampled_from([None, None, "0123abcd"]),
)
_ports = st.sampled_from([22, 53, 81, 443, 8080, 8081, 8082, 9000, 33000, 40000, 50000])
_addresses = st.sampled_from(["0.0.0.0", "::", "127.0.0.1", "10.0.0.5", "8.8.8.8"])


@st.composite
def _listeners(draw: st.DrawFn) -> dict[str, t.Any]:
    protocol = draw(st.sampled_from(["tcp", "udp"]))
    port, address = draw(_ports), draw(_addresses)
    held = draw(st.lists(_owners, max_size=2))
    shared = {"address": address, "ephemeral": port >= 32768}
    if not held:
        return t.cast("dict[str, t.Any]", to_dict(unowned("unattributed", port, protocol=protocol, **shared)))
    made = listener(
        port, *held, protocol=protocol, **shared, owners_complete=draw(st.sampled_from([True, True, False]))
    )
    return t.cast("dict[str, t.Any]", to_dict(made))


def _document(name: str, groups: list[str], listeners: list[dict[str, t.Any]], gaps: list[t.Any]) -> dict[str, t.Any]:
    return {
        "evidence_version": 1,
        "run": {"id": "run", "policy": "0" * 64, "as_of": AS_OF},
        "host": {
            "name": name,
            "groups": groups,
            "addresses": [{"address": "10.0.0.5", "device": "eth0", "namespace": 4026531840}],
        },
        "collector": {
            "options": {"owners": "all"},
            "privilege": {"euid": 0, "capabilities": [], "all_processes": True},
            "gaps": gaps,
            "namespaces": {"scope": "host", "host": 4026531840, "left_out": None},
        },
        "listeners": listeners,
    }


@st.composite
def _fleets(draw: st.DrawFn) -> list[dict[str, t.Any]]:
    odd = ["web1", "web2", "db[1]", "on", "a b", "8", "~x", "{a,b}", "all!"]
    names = draw(st.lists(st.sampled_from(odd), min_size=1, unique=True))
    return [
        _document(
            name,
            sorted({"all", draw(st.sampled_from(["web", "db", "ungrouped"]))}),
            draw(st.lists(_listeners(), max_size=5)),
            draw(st.sampled_from([[], [], [gap("owners")], [gap("listeners", protocol="udp")]])),
        )
        for name in names
    ]


_process = st.one_of(st.none(), st.sampled_from([{"exe": "/usr/sbin/sshd"}, {"user": "root"}, {"unit": "*.service"}]))
_rules = st.builds(
    lambda ports, **more: (ports, more),
    st.sampled_from(["22/tcp", "81/tcp 8080-8082/tcp", "53/udp 53/tcp", "9000/tcp"]),
    expect=st.sampled_from(["allowed", "allowed", "required"]),
    reach=st.sampled_from([None, "host", "private"]),
    process=_process,
)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    rules = [
        rule(ports, f"r{number}", **more) for number, (ports, more) in enumerate(draw(st.lists(_rules, max_size=5)))
    ]
    forbidding = [rule("443/tcp", "no", expect="forbidden")] if draw(st.booleans()) else []
    waived = [waiver("81/tcp", "w1"), waiver("", "w2", codes="wrong-owner")][: draw(st.integers(0, 2))]
    return policy(*rules, *forbidding, *waived)


def _judge(document: Document, by: Judge) -> HostResult:
    known = subject(document)
    assert known is not None
    return by.judge(*known, as_of=parse_iso(document["run"]["as_of"]))


def _loaded(text: str) -> Policy:
    return load_layers([Source("made.yml", content=text.encode())], registry=REGISTRY)


@given(_fleets(), _policies())
def test_replaying_the_same_policy_changes_nothing(fleet: list[dict[str, t.Any]], given_policy: Policy) -> None:
    for document in fleet:
        before, after = Judge(given_policy, REGISTRY), Judge(given_policy, REGISTRY)
        compared = replay(document, before=before, after=after, as_of=None)
        assert compared is not None
        assert compared.changes == ()


@given(_fleets(), _policies(), st.randoms(use_true_random=False))
def test_the_order_of_rules_and_waivers_never_matters(
    fleet: list[dict[str, t.Any]], given_policy: Policy, chance: random.Random
) -> None:
    rules, waivers = list(given_policy.rules), list(given_policy.waivers)
    chance.shuffle(rules)
    chance.shuffle(waivers)
    shuffled = dataclasses.replace(given_policy, rules=tuple(rules), waivers=tuple(waivers))
    for document in fleet:
        assert _judge(document, Judge(given_policy, REGISTRY)) == _judge(document, Judge(shuffled, REGISTRY))


@FEWER
@given(_fleets())
def test_a_suggested_policy_loads_and_leaves_nothing_unlisted(fleet: list[dict[str, t.Any]]) -> None:
    texts = []

    def judge(suggestion: Suggestion) -> Judge:
        texts.append(policy_text(suggestion, name="on", registry=REGISTRY, sources=["run"]))
        return Judge(_loaded(texts[-1]), REGISTRY)

    suggest(lambda: iter(fleet), judge=judge)
    suggested = _loaded(texts[-1])
    found = {finding.code for document in fleet for finding in _judge(document, Judge(suggested, REGISTRY)).findings}
    assert found <= {"ephemeral-udp", "collection-gap"}
    assert all(is_marked(rule.approval.owner) and is_marked(rule.approval.justification) for rule in suggested.rules)


@FEWER
@given(_fleets(), _policies())
def test_a_baseline_covers_all_that_a_waiver_may_cover(fleet: list[dict[str, t.Any]], given_policy: Policy) -> None:
    terms = BaselineTerms("me", AS_OF_DAY.replace(year=2027), AS_OF_DAY, "was there")
    texts = []

    def with_waivers(found: Baseline) -> Judge:
        texts.append(waivers_text(found, terms, name="b", sources=["run"]))
        added = _loaded(texts[-1]).waivers
        return Judge(dataclasses.replace(given_policy, waivers=(*given_policy.waivers, *added)), REGISTRY)

    found = baseline(lambda: iter(fleet), judge=Judge(given_policy, REGISTRY), with_waivers=with_waivers)
    for document in fleet:
        assert {finding.verdict for finding in _judge(document, with_waivers(found)).findings} <= {
            "waived",
            "unverified",
        }


def _restarted(document: dict[str, t.Any]) -> dict[str, t.Any]:
    """The same host after everything on it was started again."""
    renewed = [
        {
            **raw,
            "inodes": [number + 1 for number in raw["inodes"]],
            "owners": [{**one, "pid": 99, "started": "2026-06-16T00:00:00Z"} for one in reversed(raw["owners"])],
        }
        for raw in reversed(document["listeners"])
    ]
    return {**document, "listeners": renewed}


@given(_fleets(), _policies())
def test_a_restart_is_no_drift_and_makes_nothing_new(fleet: list[dict[str, t.Any]], given_policy: Policy) -> None:
    by = Judge(given_policy, REGISTRY)
    for document in fleet:
        again = _restarted(document)
        assert drift(document, document).changes == drift(document, again).changes == ()
        assert new_findings(_judge(document, by), _judge(again, by)) == ()


@given(_fleets(), _listeners())
def test_drift_backwards_is_the_same_with_opened_and_closed_swapped(
    fleet: list[dict[str, t.Any]], more: dict[str, t.Any]
) -> None:
    for document in fleet:
        later = {**document, "listeners": [*document["listeners"][1:], more]}
        forth, back = drift(document, later), drift(later, document)
        assert len(forth.of(["opened"])) == len(back.of(["closed"]))
        assert len(forth.of(["replaced"])) == len(back.of(["replaced"]))
