# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers for what hosts have: against a policy, and instead of rules."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _replay_runs,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    baselined,
    suggested_waivers,
    terms,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_run,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener, published
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import BASELINE, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, FIRST_DAY, run_of


def test_a_baseline_of_a_published_port_covers_no_socket(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), published()]}))
    written = baselined([run], policy=loaded(), terms=terms(BASELINE, today=FIRST_DAY, source=FIRST), name="b")
    (tmp_path / "b.yml").write_text(written.text)
    [waiver] = loaded(str(tmp_path / "b.yml")).waivers
    assert (waiver.match.state, waiver.match.process) == ("published", None)


def test_a_baseline_waives_what_fails_and_nothing_else(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP], "b": [listener()]}))
    agreed = terms(BASELINE, today=FIRST_DAY, source=FIRST)
    written = baselined([run], policy=loaded(), terms=agreed, name="ssh-baseline")
    assert written.counts["covered"] == {"unlisted-listener": 1}
    (tmp_path / "b.yml").write_text(written.text)
    [waiver] = loaded(str(tmp_path / "b.yml")).waivers
    assert (waiver.applies_to.hosts, waiver.approved_by, str(waiver.expires)) == (("a",), "platform", "2027-03-31")


def test_waivers_are_suggested_instead_of_rules(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP], "b": [listener()]}))
    agreed = terms(BASELINE, today=FIRST_DAY, source=FIRST)
    written = suggested_waivers([run], name="until-march", terms=agreed)
    (tmp_path / "w.yml").write_text(written.text)
    policy = loaded(str(tmp_path / "w.yml"))
    assert (policy.name, policy.rules, written.counts["covered"]) == ("until-march", (), {"unlisted-listener": 3})
    ends = {(waiver.approved_by, str(waiver.expires)) for waiver in policy.waivers}
    assert (len(policy.waivers), ends) == (2, {("platform", "2027-03-31")})
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=None, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"waived": 2}
    late = datetime.datetime(2027, 4, 1, tzinfo=datetime.UTC)
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=late, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"fail": 2}


def _asked(**changes: t.Any) -> dict[str, t.Any]:
    return {"owner": "platform", "expires": "2027-03-31", "justification": None, "ticket": "CHG-1", **changes}
