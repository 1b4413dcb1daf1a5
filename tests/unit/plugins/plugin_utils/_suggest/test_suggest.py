# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy from what hosts have."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _replay_runs,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    suggested,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    ProcessPatterns,
    Rule,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    APP,
    JAVA,
    PROXY,
    listener,
    published,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, run_of


def test_a_suggestion_groups_what_a_group_has_and_sets_outliers_apart(tmp_path: pathlib.Path) -> None:
    hosts = {f"h{number}": [listener(), *([APP] if number == 3 else [])] for number in range(4)}
    written = suggested([open_run(run_of(tmp_path, FIRST, hosts))], name="mine")
    assert (written.counts["hosts"], written.counts["rules"], written.counts["outliers"]) == (4, 2, 1)
    assert "# 1 of 4 hosts of all listens on 8081/tcp" in written.text
    (tmp_path / "mine.yml").write_text(written.text)
    rules = {rule.id: rule for rule in loaded(str(tmp_path / "mine.yml")).rules}
    assert {name: rule.applies_to.hosts for name, rule in rules.items()} == {"sshd": (), "h3-java": ("h3",)}
    assert rules["sshd"].process is not None
    assert rules["sshd"].process.exe == ("/usr/sbin/sshd",)


PAIR = [listener(8080, PROXY), listener(8080, PROXY, address="::"), published()]


def _suggested(tmp_path: pathlib.Path, hosts: dict[str, list[Listener]]) -> tuple[str, dict[str, Rule]]:
    run = open_run(run_of(tmp_path, FIRST, hosts))
    text = suggested([run], name="mine").text
    (tmp_path / "mine.yml").write_text(text)
    policy = loaded(str(tmp_path / "mine.yml"))
    done = _replay_runs.replay([run], policy=policy, against=None, as_of=None, emit=lambda _change: None)
    assert done.tally.verdicts_after == {"pass": len(hosts)}
    return text, {rule.id: rule for rule in policy.rules}


def test_a_published_port_and_its_proxy_are_suggested_as_one(tmp_path: pathlib.Path) -> None:
    text, rules = _suggested(tmp_path, {"a": PAIR, "b": PAIR})
    (rule,) = rules.values()
    assert (rule.id, rule.state) == ("docker-proxy", "published")
    assert rule.process == ProcessPatterns(exe=("/usr/bin/docker-proxy",), user=("root",), unit=("docker.service",))
    assert "# A packet filter publishes it without a socket, as container engines do." in text


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        pytest.param([published()], [("published", None)], id="alone"),
        pytest.param([listener(8080, JAVA)], [(None, "/usr/bin/java")], id="a socket alone"),
        pytest.param(
            [listener(8080, JAVA), listener(8080, PROXY, address="::"), published()],
            [("published", None), (None, "/usr/bin/docker-proxy"), (None, "/usr/bin/java")],
            id="with two holders",
        ),
    ],
)
def test_what_is_published_is_suggested_as_that(
    tmp_path: pathlib.Path, listeners: list[Listener], expected: list[tuple[str | None, str | None]]
) -> None:
    _text, rules = _suggested(tmp_path, {"a": listeners})
    found = [(rule.state, rule.process.exe[0] if rule.process else None) for rule in rules.values()]
    assert sorted(found, key=str) == sorted(expected, key=str)
