# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What auditors ask for: who approved what, until when, and the hashes of what was seen."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import ipaddress

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    ProcessPatterns,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.tests.unit.factories import sample

RULE = sample.POLICY.rules[0]


def _approved(rule, *hosts, **run):
    policy = dataclasses.replace(sample.POLICY, rules=(rule,))
    (row,) = build(sample.run(policies=(policy,), **run), hosts, []).approved
    return row


def test_every_rule_is_listed_in_the_policys_order():
    rows = sample.model().approved
    assert [row.rule for row in rows] == [rule.id for rule in sample.POLICY.rules]
    unused = next(row for row in rows if row.rule == "ftp-archive")
    assert (unused.listeners, unused.hosts) == (0, 0)


def test_a_row_says_who_why_and_until_when():
    row = sample.model().approved[0]
    assert (row.owner, row.justification, row.ticket) == ("platform", "administration", "CHG-1")
    assert (row.approved_by, row.approved_on, row.review_by) == ("security", "2026-01-05", "2027-01-05")
    assert (row.expect, row.ports, row.conditions, row.applies_to) == (
        "allowed",
        "22/tcp",
        "reach private",
        "everywhere",
    )
    assert row.listeners == 21
    assert row.controls == (("cis-debian-12", "1.1.0", "2.1.22"), ("pci-dss", "4.0.1", "2.2.5"))


@pytest.mark.parametrize(
    ("review_by", "review"),
    [
        (None, "none"),
        ("2026-11-21", "overdue"),
        ("2026-11-22", "due"),
        ("2026-12-22", "due"),
        ("2026-12-23", "current"),
    ],
)
def test_review(review_by, review):
    date = datetime.date.fromisoformat(review_by) if review_by else None
    approval = dataclasses.replace(RULE.approval, review_by=date)
    row = _approved(dataclasses.replace(RULE, approval=approval))
    assert (row.review, row.review_by) == (review, review_by)


@pytest.mark.parametrize(("as_of", "review"), [(None, "overdue"), ("2026-11-01", "due"), ("2026-01-01", "current")])
def test_a_review_is_due_by_the_day_that_hosts_were_judged_by(as_of, review):
    approval = dataclasses.replace(RULE.approval, review_by=datetime.date(2026, 11, 21))
    assert _approved(dataclasses.replace(RULE, approval=approval), as_of=as_of).review == review


def test_conditions_and_scope_are_told_in_words():
    rule = dataclasses.replace(
        RULE,
        address=(ipaddress.ip_network("10.0.0.0/8"),),
        process=ProcessPatterns(exe=("/usr/sbin/sshd",), user=("root",)),
        applies_to=AppliesTo(groups=("web",), not_groups=("dmz",)),
    )
    row = _approved(rule)
    assert row.conditions == "reach private; address 10.0.0.0/8; exe /usr/sbin/sshd; user root"
    assert row.applies_to == "groups web; not dmz"


def test_the_digest_is_that_of_the_manifests_lines():
    evidence = sample.model().evidence
    assert [it.host for it in evidence.files] == sorted(name for name in _names() if name != "legacy1")
    lines = "".join(f"{it.sha256}  {it.file}\n" for it in evidence.files)
    assert evidence.digest == hashlib.sha256(lines.encode()).hexdigest()


def test_no_evidence_has_no_digest():
    assert build(sample.run(), [], []).evidence.digest is None


def _names():
    return [host.name for host in sample.hosts()]
