# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What evidence shows of a policy."""

from __future__ import annotations

import pathlib

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _lint_with_evidence,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_runs,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, run_of


def test_the_lint_learns_what_evidence_shows_of_a_policy(tmp_path: pathlib.Path) -> None:
    earlier = run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener(), APP]})
    runs = open_runs([earlier, run_of(tmp_path, SECOND, {"a": [listener()]})])
    policy = loaded({**SSH, "rules": [*SSH["rules"], {"id": "db", "protocol": "tcp", "port": 5432}]})
    seen = _lint_with_evidence.seen_in(runs, policy=policy, as_of=None)
    assert seen.inventory == dict.fromkeys(("a", "b", "dead"), ("all", "web"))
    assert (seen.unseen, seen.rules_used) == ({"dead"}, {"ssh"})
    assert [str(day) for day in seen.days] == ["2026-11-22", "2026-11-23"]
