# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From where an option may come: what each task asks before it does anything."""

from __future__ import annotations

import os
import pathlib
import types
import typing as t

import pytest
from ansible import context
from ansible.utils.context_objects import CLIArgs
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options import _guard
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem

OURS = os.path.join(_guard._PLAYBOOKS, "audit.yml:7")
THEIRS = "/srv/site.yml:1"


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"extra_vars": ("port_audit_fail_on=fail, warn",)}))


def _task(path: str = THEIRS, **of_play: t.Any) -> t.Any:
    """A task in a block in a block of a play, which stands at the outermost alone."""
    play = types.SimpleNamespace(get_path=lambda: path, get_vars=lambda: of_play, hosts="all")
    outer = types.SimpleNamespace(_play=play, _parent=None)
    return types.SimpleNamespace(_parent=types.SimpleNamespace(_play=None, _parent=outer))


def _vars(
    *, extra: t.Any = None, cached: t.Any = None, inventory: t.Any = None, **variables: t.Any
) -> dict[str, t.Any]:
    manager = types.SimpleNamespace(extra_vars=extra, _fact_cache=cached or {}, _nonpersistent_fact_cache={})
    hostvars = types.SimpleNamespace(_variable_manager=manager, _inventory=inventory)
    return {"hostvars": hostvars, "inventory_hostname": "a", **variables}


ALLOWED: dict[str, tuple[t.Any, dict[str, t.Any]]] = {
    "an option in the inventory": (_task(), _vars(port_audit_policy="x")),
    "an option as an extra variable": (_task(OURS), _vars(extra={"port_audit_policy": "x"})),
    "a name without the prefix in a playbook of theirs": (_task(), _vars(extra={"policy": "x"})),
    "one in a folder beside our playbooks": (
        _task(f"{_guard._PLAYBOOKS}-mine/site.yml:1"),
        _vars(extra={"policy": "x"}),
    ),
    "the hosts as an extra variable": (
        _task(),
        _vars(extra={"port_audit_hosts": "web"}, port_audit_hosts="web"),
    ),
    "the hosts as a variable of the play": (_task(port_audit_hosts="web"), _vars(port_audit_hosts="web")),
    "a task without a play": (None, _vars(extra={"policy": "x"})),
    "facts of another host": (_task(), _vars(cached={"b": {"port_audit_fail_on": []}})),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_may_be(case: str) -> None:
    _guard.guard_host(*ALLOWED[case])


REFUSED: dict[str, tuple[t.Any, dict[str, t.Any], str]] = {
    "a value that Ansible cut": (_task(), _vars(extra={"_raw_params": "warn"}), "cut at a space.*fail, warn"),
    "a fact of the host": (_task(), _vars(cached={"a": {"port_audit_fail_on": []}}), "may not come from facts: a:"),
    "an unknown name in the inventory": (_task(), _vars(port_audit_polcy="x"), "no such option: port_audit_polcy"),
    "an unknown name as an extra variable": (_task(), _vars(extra={"port_audit_polcy": "x"}), "port_audit_polcy"),
    "a former name in a playbook of ours": (_task(OURS), _vars(extra={"policy": "x"}), "policy is named port_audit_"),
    "the hosts in the inventory": (_task(), _vars(port_audit_hosts="web"), "port_audit_hosts: Ansible reads this in"),
    "two of them": (
        _task(port_audit_strategy="free"),
        _vars(port_audit_hosts="web", port_audit_serial=1, port_audit_strategy="free"),
        "^port_audit_hosts, port_audit_serial: ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be(case: str) -> None:
    task, variables, said = REFUSED[case]
    with pytest.raises(OptionProblem, match=said):
        _guard.guard_host(task, variables)


def test_who_opens_a_run_answers_for_all_hosts() -> None:
    variables = _vars(cached={"b": {"port_audit_fail_on": []}})
    _guard.guard_run(_task(), variables, ["a"])
    with pytest.raises(OptionProblem, match="facts: b: port_audit_fail_on"):
        _guard.guard_run(_task(), variables, ["a", "b"])
    with pytest.raises(OptionProblem, match="port_audit_polcy"):
        _guard.guard_run(_task(), _vars(port_audit_polcy="x"), ["a"])


@pytest.mark.parametrize(
    ("trusted", "extra", "refused"),
    [
        pytest.param(True, {}, True, id="by the inventory"),
        pytest.param(True, None, True, id="and no extra variables at all"),
        pytest.param(True, {"port_audit_output_trusted": "true"}, False, id="by an extra variable"),
        pytest.param(False, {}, False, id="by nobody"),
    ],
)
def test_who_may_trust_an_output_directory(trusted: bool, extra: t.Any, refused: bool) -> None:
    if not refused:
        _guard.guard_trust(_vars(extra=extra), trusted=trusted)
        return
    with pytest.raises(OptionProblem, match="works only as an extra variable"):
        _guard.guard_trust(_vars(extra=extra), trusted=trusted)


@pytest.mark.parametrize(
    ("hosts", "limited", "missing", "said"),
    [
        pytest.param("web", True, False, None, id="whole, and found"),
        pytest.param("web", True, True, "is incomplete", id="a source is missing"),
        pytest.param("dbb", True, False, "named dbb", id="nobody has the name"),
        pytest.param("web", "d2", False, "named d2", id="nor the limit"),
        pytest.param("web", False, False, None, id="a limit that does not hold"),
    ],
)
def test_the_inventory(tmp_path: pathlib.Path, hosts: str, limited: t.Any, missing: bool, said: str | None) -> None:
    (tmp_path / "hosts.ini").write_text("[web]\nw1\n")
    data = types.SimpleNamespace(processed_sources=[str(tmp_path / "hosts.ini")])
    manager = types.SimpleNamespace(
        _inventory=data,
        _sources=[str(tmp_path / name) for name in ("hosts.ini", *(["gone"] if missing else []))],
        _subset=["d2"] if limited in (False, "d2") else None,
        groups={"web": None},
        get_hosts=lambda *_args, **_named: [],
    )
    if said is None:
        _guard.guard_inventory(_vars(inventory=manager), hosts, limited=bool(limited))
        return
    with pytest.raises(OptionProblem, match=said):
        _guard.guard_inventory(_vars(inventory=manager), hosts, limited=bool(limited))


def test_without_an_inventory_there_is_nothing_to_ask() -> None:
    _guard.guard_inventory(_vars(), "web")
    _guard.guard_inventory({}, "web")
    assert _guard.hosts_of_play(None, _vars()) == []
