# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may exist unseen is neither missing nor fine: the rules of policy.yml that require a published port."""

from __future__ import annotations

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME


def findings(run: Run, rule: str) -> list[tuple[str, str]]:
    return [(finding["code"], finding["verdict"]) for finding in run.findings(NAME) if finding["rule"] == rule]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("published", [("missing-listener", "unverified")], id="nftables, which root alone may read"),
        pytest.param("balanced", [], id="IPVS, which everybody may read"),
    ],
)
def test_a_required_port_that_a_packet_filter_publishes(
    fresh: dict[str, Run], rule: str, expected: list[tuple[str, str]]
) -> None:
    assert findings(fresh["root"], rule) == []
    assert findings(fresh["plain"], rule) == expected


def test_a_plain_user_is_told_of_no_missing_port_for_certain(fresh: dict[str, Run]) -> None:
    missing = [finding for finding in fresh["plain"].findings(NAME) if finding["code"] == "missing-listener"]
    assert {finding["verdict"] for finding in missing} == {"unverified"}


def test_the_host_is_unverified_and_says_why(fresh: dict[str, Run]) -> None:
    gaps = fresh["plain"].evidence(NAME)["collector"]["gaps"]
    assert "published-unseen" in {gap["code"] for gap in gaps}
