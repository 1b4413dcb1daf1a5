# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that facts carry: of which caches, under which names, and how the refusal names them."""

from __future__ import annotations

import re
import types
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._fact_options import (
    Facts,
    refuse_facts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem


class _Plugin:
    """A fact cache of ansible-core 2.19 and newer."""

    def __init__(self, facts: t.Mapping[str, t.Any]) -> None:
        self._facts = facts

    def get(self, host: str) -> t.Any:
        return self._facts[host]


def _facts(cached: t.Any = None, assigned: t.Mapping[str, t.Any] | None = None) -> Facts:
    manager = types.SimpleNamespace(_fact_cache=cached, _nonpersistent_fact_cache=assigned or {})
    return Facts(manager)


@pytest.mark.parametrize("cache", [pytest.param(dict, id="a mapping"), pytest.param(_Plugin, id="a plugin")])
@pytest.mark.parametrize(
    ("names", "found"),
    [
        pytest.param(["port_audit_fail_on", "ansible_os_family"], ["port_audit_fail_on"], id="an option"),
        pytest.param(["port_audit_b", "port_audit_a"], ["port_audit_a", "port_audit_b"], id="names that nobody knows"),
        pytest.param(["__port_audit_report"], ["__port_audit_report"], id="what the role keeps for itself"),
        pytest.param(["port_audit_result"], ["port_audit_result"], id="a result of the role"),
        pytest.param(["port_audit_x_ticket", "port_auditor", "policy"], [], id="names of others"),
        pytest.param([], [], id="none"),
    ],
)
def test_names_in_the_cache(cache: t.Any, names: list[str], found: list[str]) -> None:
    assert _facts(cache({"a": dict.fromkeys(names, 1), "b": {}})).options("a") == found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        pytest.param(["port_audit_policy"], ["port_audit_policy"], id="an option"),
        pytest.param(["port_audit_result", "port_audit_report_files"], [], id="results of the role"),
        pytest.param(["__port_audit_report", "port_audit_x_mine", "mine"], [], id="names of others"),
    ],
)
def test_names_that_a_task_assigned(names: list[str], found: list[str]) -> None:
    assert _facts({}, {"a": dict.fromkeys(names, 1)}).options("a") == found


@pytest.mark.parametrize(
    "cached",
    [
        pytest.param({}, id="an empty mapping"),
        pytest.param(_Plugin({}), id="a plugin without the host"),
        pytest.param({"a": None}, id="null"),
        pytest.param(None, id="no cache"),
    ],
)
def test_a_host_without_facts(cached: t.Any) -> None:
    assert _facts(cached).options("a") == []
    assert _facts(cached, {"a": {"port_audit_policy": "x"}}).options("a") == ["port_audit_policy"]


def test_both_places_are_told_as_one() -> None:
    both = _facts({"a": {"port_audit_fail_on": []}}, {"a": {"port_audit_fail_on": [], "port_audit_as_of": ""}})
    assert both.options("a") == ["port_audit_as_of", "port_audit_fail_on"]


HOSTS = {
    "one of two hosts": ("b", "facts: b: port_audit_fail_on. An"),
    "as many as are named": ("abc", "c: port_audit_fail_on. An"),
    "one more": ("abcd", "c: port_audit_fail_on; and 1 more hosts. An"),
}


@pytest.mark.parametrize("case", HOSTS)
def test_hosts_are_named(case: str) -> None:
    having, said = HOSTS[case]
    with pytest.raises(OptionProblem, match=re.escape(said)):
        refuse_facts(_facts({host: {"port_audit_fail_on": []} for host in having}), ["a", *"bcd"])


def test_facts_of_hosts_that_are_not_asked_for_are_their_own() -> None:
    refuse_facts(_facts({"z": {"port_audit_fail_on": []}}), ["a"])
