# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of another run, as it is judged in this one."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._substitute_origin import Origin

ORIGIN = Origin("20261122T000000Z-abcdef", "ab" * 32, "2026-11-22T00:00:00Z", ("web", "all"), "unreachable: refused")


def test_it_is_bound_to_the_policy_the_time_and_the_groups_of_this_run() -> None:
    run = {"id": ORIGIN.run, "policy": "cd", "as_of": "2026-11-01"}
    document: dict[str, t.Any] = {"run": run, "host": {"name": "web1", "groups": ["old"]}, "listeners": []}
    assert ORIGIN.bind(document) == {
        "run": {"id": ORIGIN.run, "policy": ORIGIN.policy, "as_of": ORIGIN.as_of},
        "host": {"name": "web1", "groups": ["all", "web"]},
        "listeners": [],
    }
    assert document["host"]["groups"] == ["old"]
