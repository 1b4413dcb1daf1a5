# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replay added up: equal changes together, worst first, in words and as data."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay import _replay_text
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._host_replay import (
    Compared,
    PolicyAnswer,
    VerdictChange,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._replay import Unseen
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._replay_tally import NAMED, ReplayTally

PASS, FAIL, WARN = PolicyAnswer("pass"), PolicyAnswer("fail", ("unlisted-listener",)), PolicyAnswer("warn", ("x",))


def _change(host: str, before: PolicyAnswer = PASS, after: PolicyAnswer = FAIL, **fields: t.Any) -> VerdictChange:
    given = {"protocol": "tcp", "port": "81", "address": "0.0.0.0", "owner": "java", **fields}
    return VerdictChange(host, **given, before=before, after=after)


def _tally(*hosts: list[VerdictChange]) -> ReplayTally:
    tally = ReplayTally()
    for number, changes in enumerate(hosts):
        verdicts = (changes[0].before.verdict, changes[0].after.verdict) if changes else ("pass", "pass")
        tally.add(Compared(f"h{number}", *verdicts, 2, tuple(changes), frozenset({"r"}), frozenset(), frozenset()))
    return tally


def _summary(tally: ReplayTally, **more: t.Any) -> list[str]:
    return _replay_text.summary(tally, **{"unseen": (), "policy_findings": (), "absent": 0, **more})


def test_equal_changes_are_one_group() -> None:
    tally = _tally([_change("h0"), _change("h0", address="::")], [_change("h1")], [])
    (group,) = tally.groups
    assert (group.listeners, group.hosts, group.names) == (3, 2, ["h0", "h1"])
    assert (tally.hosts, tally.listeners, tally.changes, tally.changed_hosts) == (3, 6, 3, 2)
    assert (tally.into["fail"].listeners, tally.into["fail"].hosts) == (3, 2)
    assert (tally.out_of["pass"].listeners, tally.verdicts_after["fail"]) == (3, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"port": "82"},
        {"protocol": "udp"},
        {"owner": "perl"},
        {"address": None},
        {"after": PolicyAnswer("fail", ("wrong-owner",))},
        {"after": PolicyAnswer("fail", ("unlisted-listener",), "r")},
        {"before": WARN},
    ],
    ids=str,
)
def test_other_changes_are_not(change: dict[str, t.Any]) -> None:
    assert len(_tally([_change("h0"), _change("h0", **change)]).groups) == 2


def test_worse_comes_before_better_and_many_hosts_before_few() -> None:
    tally = _tally(
        [_change("h0", FAIL, PASS, port="1"), _change("h0", PASS, WARN, port="2"), _change("h0", port="3")],
        [_change("h1", port="4")],
        [_change("h2", port="4")],
    )
    assert [group.port for group in tally.groups] == ["4", "3", "2", "1"]


def test_names_are_bounded_and_hosts_are_not() -> None:
    (group,) = _tally(*([_change(f"h{number}")] for number in range(NAMED + 5))).groups
    assert (len(group.names), group.hosts) == (NAMED, NAMED + 5)


@pytest.mark.parametrize(
    ("tally", "lines"),
    [
        pytest.param(_tally([]), ["Nothing would change: 2 listeners on 1 host judged."], id="nothing"),
        pytest.param(
            _tally([_change("h0")]),
            [
                "1 change on 1 host, of 2 listeners on 1 host.",
                "  1 listener on 1 host would newly fail",
                "Changes",
                "  81/tcp by java on h0: pass -> fail (unlisted-listener)",
            ],
            id="worse",
        ),
        pytest.param(
            _tally([_change("h0", FAIL, PASS._replace(rule="app"))]),
            [
                "1 change on 1 host, of 2 listeners on 1 host.",
                "  1 listener on 1 host would no longer fail",
                "Changes",
                "  81/tcp by java on h0: fail (unlisted-listener) -> pass, rule app",
            ],
            id="better",
        ),
        pytest.param(
            _tally([_change("h0", address=None, owner=None)]),
            [
                "1 change on 1 host, of 2 listeners on 1 host.",
                "  1 listener on 1 host would newly fail",
                "Changes",
                "  81/tcp missing on h0: pass -> fail (unlisted-listener)",
            ],
            id="missing",
        ),
        pytest.param(
            _tally([_change("h0", address=None, owner=None, protocol="", port="raw")]),
            [
                "1 change on 1 host, of 2 listeners on 1 host.",
                "  1 listener on 1 host would newly fail",
                "Changes",
                "  an alternate path (raw) on h0: pass -> fail (unlisted-listener)",
            ],
            id="without a port",
        ),
    ],
)
def test_in_words(tally: ReplayTally, lines: list[str]) -> None:
    assert _summary(tally) == lines


def test_what_was_not_judged_and_what_is_wrong_with_the_policy() -> None:
    more = {"unseen": [Unseen("h9", "x\n::error::y")], "policy_findings": [Finding("unused-rule", "warn", "low", "r")]}
    assert _summary(_tally([]), absent=2, **more)[1:] == [
        "Not judged, because there is no evidence: 2 hosts",
        "Not judged",
        "  h9: x :\\x3aerror::y",
        "On the policy",
        "  unused-rule: r",
    ]


def test_as_data() -> None:
    document = _replay_text.document(
        _tally([_change("h0")]), unseen=[Unseen("h9", "x")], policy_findings=[], about={"as_of": None}
    )
    assert json.loads(json.dumps(document)) == document
    assert (document["replay_version"], document["hosts"]) == (1, {"judged": 1, "changed": 1, "unseen": 1})
    (group,) = document["groups"]
    assert (group["port"], group["after"]["codes"], group["names"]) == ("81", ["unlisted-listener"], ["h0"])
    assert document["not_judged"] == [{"host": "h9", "reason": "x"}]
    assert _replay_text.change(_change("h0"))["before"] == {
        "verdict": "pass",
        "codes": [],
        "rule": None,
        "message": None,
    }
