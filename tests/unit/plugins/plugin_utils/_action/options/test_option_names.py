# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of options: known everywhere, and the same in the role and in every playbook."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options import (
    _extra_variables,
    _option_names,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem

ROOT = pathlib.Path(__file__).parents[6]
USED = re.compile(r"\b(?<!__)(port_audit_[a-z_]+)\b(?!\.j2)")
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("port_audit*.py")}


def _used() -> set[str]:
    """Every variable that a playbook, a task or the defaults of the role read or set."""
    places = [*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "roles" / "port_audit").glob("*/*.yml")]
    return {name for path in places for name in USED.findall(path.read_text())} - MODULES


def test_every_variable_of_the_collection_is_known() -> None:
    assert _used() - _option_names.KNOWN == set()


def test_every_name_that_is_known_is_used() -> None:
    assert _option_names.KNOWN - _used() == set()


def test_options_of_lists_numbers_and_switches_reach_us_as_they_were_written() -> None:
    """Ansible's validation of a role splits lists at commas, keeps the spaces, and writes nothing back."""
    specs = yaml.safe_load((ROOT / "roles" / "port_audit" / "meta" / "argument_specs.yml").read_text())
    types = {option["type"] for entry in specs["argument_specs"].values() for option in entry["options"].values()}
    assert types <= {"raw", "str", "path"}


def test_tasks_compute_nothing_of_options() -> None:
    tasks = [path.read_text() for path in (ROOT / "roles" / "port_audit" / "tasks").glob("*.yml")]
    expressions = [text for task in tasks for text in re.findall(r"\{\{(.*?)\}\}|when:(.*)", task)]
    ours = [" ".join(parts).strip() for parts in expressions if re.search(r"(?<!__)port_audit_", " ".join(parts))]
    allowed = r"query\('ansible.builtin.inventory_hostnames', port_audit_hosts \| default\('all'\)\)"
    assert [text for text in ours if not re.fullmatch(rf"\w+|{allowed}", text)] == []


UNKNOWN = {
    "misspelt": ("port_audit_polcy", "did you mean port_audit_policy?"),
    "a plural": ("port_audit_policys", "did you mean port_audit_polic"),
    "capitals": ("PORT_AUDIT_FAIL_ON", "PORT_AUDIT_FAIL_ON (did you mean port_audit_fail_on?)"),
    "hyphens": ("port-audit-fail-on", "port-audit-fail-on (did you mean port_audit_fail_on?)"),
    "one word": ("portaudit_fail_on", "portaudit_fail_on (did you mean port_audit_fail_on?)"),
    "far from any": ("port_audit_zzz", "There is no such option: port_audit_zzz."),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_name_is_refused(case: str) -> None:
    name, said = UNKNOWN[case]
    with pytest.raises(OptionProblem, match=re.escape(said)):
        _option_names.refuse_unknown(["inventory_hostname", name, "port_audit_policy"])


def test_names_of_others_are_left_alone() -> None:
    _option_names.refuse_unknown(
        ["policy", "port_audit_x_anything", "__port_audit_report", "port_auditor", "portaudit"]
    )
    _option_names.refuse_unknown(["port_audit_result", "port_audit_report_files"])


FORMER = {
    "evidence": "port_audit_runs",
    "owner": "port_audit_waiver_owner",
    "expires": "port_audit_waiver_expires",
    "policy": "port_audit_policy",
    "fail_on": "port_audit_fail_on",
    "dest": "port_audit_dest",
    "before": "port_audit_before",
}


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_is_refused_with_the_new_one(name: str) -> None:
    with pytest.raises(OptionProblem, match=f"{name} is named {FORMER[name]}"):
        _option_names.refuse_former([name, "mine"])


def test_nothing_was_cut() -> None:
    _extra_variables.refuse_cut({"a": 1}, ["a=1"])


@pytest.mark.parametrize("rest", ["", None, 0])
def test_a_rest_that_looks_like_none_is_one(rest: object) -> None:
    with pytest.raises(OptionProblem, match="cut at a space"):
        _extra_variables.refuse_cut({"_raw_params": rest}, [])


CUT = {
    "a list": ("port_audit_fail_on=fail, unverified", "unverified", '["fail", "unverified"]'),
    "a list in brackets": ("port_audit_fail_on=['fail', 'warn']", "'warn']", '["fail", "warn"]'),
    "three": ("port_audit_fail_on=fail, unverified, warn", "unverified, warn", '["fail", "unverified", "warn"]'),
    "one value": ("port_audit_max_unreachable=5 %", "%", '"5 %"'),
    "the second option": ("port_audit_as_of=2026-01-01 port_audit_formats=html, json", "json", '["html", "json"]'),
    "in quotes that Ansible did not close": ("port_audit_as_of='2026 -1", "-1", "-e 'port_audit_as_of=\"2026 -1\"'"),
    "a word with an equals sign": ("port_audit_formats=html, a-b=c", "a-b=c", '["html", "a-b=c"]'),
    "of a stranger": ("mine=a b", "b", "name"),
}


@pytest.mark.parametrize("case", CUT)
def test_what_was_cut_is_shown_whole(case: str) -> None:
    text, rest, shown = CUT[case]
    with pytest.raises(OptionProblem, match=re.escape(shown)):
        _extra_variables.refuse_cut(
            {"_raw_params": rest}, ["@my port_audit_x=1 file", '{"port_audit_as_of=1": 1, "b": 1}', text]
        )
