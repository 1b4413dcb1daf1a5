# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host under two policies."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay._host_replay import compare
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import (
    address,
    evidence_of,
    gap,
    observation,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import NOW
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY, policy, rule, waiver

EVERYTHING = policy(rule("22/tcp"), rule("8081/tcp", "app"))
SSH_ONLY = policy(rule("22/tcp"))
HELD = policy(rule("22/tcp", process={"exe": "/usr/sbin/sshd"}))


def _document(*seen: Listener, **collector: t.Any) -> dict[str, t.Any]:
    return evidence_of(observation(*seen, host={"addresses": [address("10.0.0.5")]}, **collector))


def _compared(document: dict[str, t.Any], before: Policy, after: Policy) -> t.Any:
    return compare(document, before=Judge(before, REGISTRY), after=Judge(after, REGISTRY), as_of=NOW)


CHANGES = [
    pytest.param([listener(), APP], EVERYTHING, EVERYTHING, [], id="the same policy"),
    pytest.param(
        [listener(), APP], EVERYTHING, SSH_ONLY, [("8081", "pass", "fail", ("unlisted-listener",))], id="less"
    ),
    pytest.param([listener(), APP], SSH_ONLY, EVERYTHING, [("8081", "fail", "pass", ())], id="more"),
    pytest.param(
        [listener(), APP],
        SSH_ONLY,
        policy(rule("22/tcp"), waiver("8081/tcp")),
        [("8081", "fail", "waived", ("unlisted-listener",))],
        id="waived",
    ),
    pytest.param(
        [APP],
        policy(),
        policy(rule("8081/tcp", process={"exe": "/x"})),
        [("8081", "fail", "fail", ("wrong-owner",))],
        id="for another reason",
    ),
    pytest.param(
        [unowned("denied")], SSH_ONLY, HELD, [("22", "pass", "unverified", ("unverified-owner",))], id="unknown"
    ),
    pytest.param(
        [],
        policy(),
        policy(rule("22/tcp", expect="required")),
        [("22/tcp", "pass", "fail", ("missing-listener",))],
        id="missing",
    ),
]


@pytest.mark.parametrize(("seen", "before", "after", "changes"), CHANGES)
def test_changes(seen: list[Listener], before: Policy, after: Policy, changes: list[t.Any]) -> None:
    compared = _compared(_document(*seen), before, after)
    found = [
        (
            f"{one.port}/{one.protocol}" if one.address is None else one.port,
            one.before.verdict,
            one.after.verdict,
            one.after.codes,
        )
        for one in compared.changes
    ]
    assert found == changes
    assert (compared.host, compared.listeners) == ("web1", len(seen))


def test_what_was_used_is_that_of_the_second_policy() -> None:
    compared = _compared(_document(listener(), APP), EVERYTHING, policy(rule("22/tcp"), waiver("8081/tcp")))
    assert (compared.before, compared.after) == ("pass", "waived")
    assert (compared.rules_used, compared.waivers_used) == ({"ssh"}, {"W-1"})


def test_of_what_was_not_seen_nothing_is_called_unused() -> None:
    assert _compared(_document(listener(), gaps=[gap("listeners", protocol="udp")]), SSH_ONLY, SSH_ONLY).hidden
    assert not _compared(_document(listener()), SSH_ONLY, SSH_ONLY).hidden


def test_evidence_of_nothing_is_not_compared() -> None:
    assert _compared(evidence_of(nothing_seen("unsupported", "not Linux")), policy(), policy()) is None


@pytest.mark.parametrize("part", ["host", "collector", "listeners", "run"])
def test_damaged_evidence_is_refused(part: str) -> None:
    document = _document(listener())
    document[part] = None
    with pytest.raises(EvidenceError, match="its evidence cannot be used: "):
        compare(document, before=Judge(SSH_ONLY, REGISTRY), after=Judge(policy(), REGISTRY), as_of=None)
