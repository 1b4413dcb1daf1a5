# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lint says of rules and waivers that evidence shows no use for."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint import lint
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._unused_remarks import (
    EvidenceRemarks,
    EvidenceUse,
    evidence_remarks,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

DAY, LATER = datetime.date(2026, 11, 1), datetime.date(2026, 11, 20)
INVENTORY = {"web1": ("web",), "web2": ("web",), "db1": ("db",)}
WAIVER = {"id": "W", "match": {"protocol": "tcp"}, "justification": "j", "approved_by": "s", "expires": "2027-03-01"}


def policy(*, waivers: t.Sequence[dict[str, t.Any]] = (), **rule: t.Any) -> Policy:
    rules = [{"id": "r", "protocol": "tcp", "port": 22, **rule}]
    source = {"version": 1, "name": "n", "rules": rules, "waivers": list(waivers)}
    return loaded(source)


def held(policy: Policy, **seen: t.Any) -> EvidenceRemarks:
    given = {
        "inventory": INVENTORY,
        "unseen": frozenset(),
        "rules_used": frozenset(),
        "waivers_used": frozenset(),
        "days": (DAY, DAY),
    }
    return evidence_remarks(policy, EvidenceUse(**{**given, **seen}))


@pytest.mark.parametrize(
    ("rule", "seen", "expected"),
    [
        pytest.param({}, {"rules_used": frozenset({"r"})}, None, id="used"),
        pytest.param({}, {}, "unused-rule: rule r matched no listener on 3 hosts, evidence of 2026-11-01", id="unused"),
        pytest.param(
            {"applies_to": {"groups": "db"}},
            {"unseen": frozenset({"web1"})},
            "unused-rule: rule r matched no listener on 1 host, evidence of 2026-11-01",
            id="unused where all was seen",
        ),
        pytest.param(
            {},
            {"days": (DAY, LATER)},
            "unused-rule: rule r matched no listener on 3 hosts, evidence of 2026-11-01 to 2026-11-20",
            id="unused in several runs",
        ),
        pytest.param(
            {"applies_to": {"groups": "cache"}},
            {},
            "no-host: rule r applies to none of 3 hosts, evidence of 2026-11-01",
            id="group without hosts",
        ),
        pytest.param(
            {"applies_to": {"hosts": "mail*"}, "expect": "required"},
            {},
            "no-host: rule r applies to none of 3 hosts, evidence of 2026-11-01",
            id="required of no host",
        ),
        pytest.param({"expect": "required"}, {}, None, id="required"),
        pytest.param({"expect": "forbidden"}, {}, None, id="forbidden"),
    ],
)
def test_rules(rule: dict[str, t.Any], seen: dict[str, t.Any], expected: str | None) -> None:
    found = held(policy(**rule), **seen)
    assert [f"{remark.code}: {remark.message}" for remark in found.remarks] == ([expected] if expected else [])
    assert (found.undecided, {remark.level for remark in found.remarks} - {"warning"}) == (0, set())


def test_of_what_was_not_seen_nothing_is_said() -> None:
    found = held(policy(), unseen=frozenset({"db1"}))
    assert (found.remarks, found.undecided) == ((), 1)


@pytest.mark.parametrize(
    ("applies_to", "used", "expected"),
    [
        pytest.param({"groups": "web"}, {"W"}, None, id="used"),
        pytest.param(
            {"groups": "web"}, set(), "waiver W covered nothing on 2 hosts, evidence of 2026-11-01", id="unused"
        ),
        pytest.param(
            {"hosts": "db2"}, set(), "waiver W applies to none of 3 hosts, evidence of 2026-11-01", id="no host"
        ),
    ],
)
def test_waivers(applies_to: dict[str, t.Any], used: set[str], expected: str | None) -> None:
    whole = policy(waivers=[{**WAIVER, "applies_to": applies_to}])
    found = held(whole, rules_used=frozenset({"r"}), waivers_used=frozenset(used))
    assert [remark.message for remark in found.remarks] == ([expected] if expected else [])


@pytest.mark.parametrize(("strictness", "level"), [("basic", "warning"), ("strict", "error")])
def test_strictness_makes_them_errors(strictness: str, level: str) -> None:
    given = policy(owner="o", justification="j", reach="private")
    shown = held(given).remarks
    said = lint(
        given, registry=Registry.load(), catalogue=Catalogue.load(), today=DAY, strictness=strictness, shown=shown
    )
    assert [(remark.code, remark.level) for remark in said] == [("unused-rule", level)]
