# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty days and a year mean the same to the judge, to reports, to lint and to baselines."""

from __future__ import annotations

import datetime
import pathlib
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import terms
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._policy_findings import policy_findings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._rule_remarks import rule_remarks
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._waiver_remarks import waiver_remarks
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy import _lifecycle
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._approved_rules import _review
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._waiver_register import _status
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

DAY = datetime.date.fromisoformat
_LASTING = {"expired-waiver", "expiring-waiver", "long-waiver"}


def _judged(given: Policy, day: datetime.date) -> set[str]:
    """Codes of what the judge finds about the policy itself on that day."""
    noon = datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC)
    return {
        finding.code
        for finding in policy_findings(given, inventory={}, results={}, not_assessed=frozenset(), as_of=noon)
    }


@pytest.mark.parametrize(
    ("expires", "today", "codes", "status"),
    [
        pytest.param("2026-06-14", "2026-06-15", {"expired-waiver"}, "expired", id="over"),
        pytest.param("2026-06-15", "2026-06-15", {"expiring-waiver"}, "expiring", id="last day"),
        pytest.param("2026-07-15", "2026-06-15", {"expiring-waiver"}, "expiring", id="thirty days"),
        pytest.param("2026-07-16", "2026-06-15", set(), "active", id="thirty-one days"),
        pytest.param("2027-06-15", "2026-06-15", set(), "active", id="a year"),
        pytest.param("2027-06-16", "2026-06-15", {"long-waiver"}, "active", id="a year and a day"),
        pytest.param("2028-06-15", "2027-06-15", set(), "active", id="a year with a leap day"),
        pytest.param("2028-06-16", "2027-06-15", {"long-waiver"}, "active", id="a year with a leap day, and a day"),
        pytest.param("2029-03-01", "2028-02-29", set(), "active", id="a year from a leap day"),
        pytest.param("2029-03-02", "2028-02-29", {"long-waiver"}, "active", id="a year from a leap day, and a day"),
        pytest.param("9999-12-31", "9999-01-01", set(), "active", id="the end of the calendar"),
    ],
)
def test_all_agree(expires: str, today: str, codes: set[str], status: str) -> None:
    given, day = waiver("22/tcp", expires=DAY(expires)), DAY(today)
    assert _judged(policy(given), day) & _LASTING == codes
    assert {remark.code for remark in waiver_remarks(given, today=day)} & _LASTING == codes
    assert _status(given.expires, day) == status


@pytest.mark.parametrize(
    ("approved", "expires", "codes"),
    [
        pytest.param("2026-01-10", "2027-01-10", set(), id="a year"),
        pytest.param("2026-01-10", "2027-01-11", {"long-waiver"}, id="a year and a day"),
        pytest.param("2024-02-29", "2027-03-01", {"long-waiver"}, id="years from a leap day"),
        pytest.param("2025-06-16", "2026-06-16", {"expiring-waiver"}, id="a year that ends soon"),
        pytest.param("2025-06-15", "2026-06-16", {"expiring-waiver", "long-waiver"}, id="longer, and it ends soon"),
        pytest.param("2024-01-01", "2026-06-14", {"expired-waiver"}, id="longer, and it is over"),
    ],
)
def test_all_agree_on_waivers_whose_approval_has_a_day(approved: str, expires: str, codes: set[str]) -> None:
    given, day = waiver("22/tcp", expires=DAY(expires), approved_on=DAY(approved)), DAY("2026-06-15")
    assert _judged(policy(given), day) & _LASTING == codes
    assert {remark.code for remark in waiver_remarks(given, today=day)} & _LASTING == codes


@pytest.mark.parametrize(
    ("review_by", "today", "overdue", "status"),
    [
        pytest.param("2026-06-14", "2026-06-15", True, "overdue", id="over"),
        pytest.param("2026-06-15", "2026-06-15", False, "due", id="last day"),
        pytest.param("2026-07-15", "2026-06-15", False, "due", id="thirty days"),
        pytest.param("2026-07-16", "2026-06-15", False, "current", id="thirty-one days"),
        pytest.param("2028-03-30", "2028-02-29", False, "due", id="thirty days from a leap day"),
        pytest.param("2028-03-31", "2028-02-29", False, "current", id="thirty-one days from a leap day"),
        pytest.param("2028-02-28", "2028-02-29", True, "overdue", id="the day before a leap day"),
    ],
)
def test_all_agree_on_reviews(review_by: str, today: str, overdue: bool, status: str) -> None:
    given, day = rule("22/tcp", review_by=DAY(review_by)), DAY(today)
    assert ("overdue-review" in _judged(policy(given), day)) is overdue
    remarks = rule_remarks(given, registry=Registry.load(), today=day)
    assert ("overdue-review" in {remark.code for remark in remarks}) is overdue
    assert _review(given.approval.review_by, day) == status


@pytest.mark.parametrize(
    ("expires", "refused"),
    [("2027-06-15", None), ("2027-06-16", "more than a year away"), ("2026-06-15", "is not after today")],
)
def test_a_baseline_lasts_a_year_at_most(expires: str, refused: str | None) -> None:
    arguments = {"owner": "platform", "expires": expires, "justification": None, "ticket": None}

    def baseline() -> None:
        terms(arguments, today=DAY("2026-06-15"), source="here")

    if refused is None:
        baseline()
    else:
        with pytest.raises(EvidenceError, match=refused):
            baseline()


def test_the_limits_stand_in_one_place() -> None:
    room = pathlib.Path(_lifecycle.__file__).parents[1]
    limit = re.compile(r"timedelta\(days=|_DAYS = |[<>]=? *(30|36[56])\b|year \+ 1")
    found = {
        str(path.relative_to(room))
        for path in room.rglob("*.py")
        if any(limit.search(line.partition("#")[0]) for line in path.read_text(encoding="utf-8").splitlines())
    }
    assert found == {"_policy/_lifecycle.py"}
