# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy in layers over SSH: files, an override, and rules that the groups of a host bring along."""

from __future__ import annotations

import pytest
from _fleet.controller import Controller, Run

HOSTS = ("web2", "edge2", "calm1")
FILES = {
    # As the guide shows it.
    "group_vars/all.yml": """\
port_audit_policies:
  - organisation.yml
  - platform
  - version: 1
    name: group_vars
    rules: "{{ query('ansible.builtin.vars', *query('ansible.builtin.varnames', '^port_policy_rules__.+')) | flatten }}"
""",
    "group_vars/web.yml": """\
port_policy_rules__web:
  - {id: http, protocol: tcp, port: 80}
  - {id: https, protocol: tcp, port: 443, process: {exe: /opt/nobody}}
""",
    "group_vars/edge.yml": "port_policy_rules__edge: [{id: admin, protocol: tcp, port: 8443}]\n",
    "organisation.yml": """\
version: 1
name: organisation
rules:
  - {id: ssh, expect: required, protocol: tcp, port: 22}
  - {id: legacy, expect: forbidden, protocol: tcp, port: 603}
  - {id: console, expect: forbidden, protocol: tcp, port: 81}
""",
    "platform/web.yml": """\
version: 1
name: web
rules:
  - {id: legacy, override: true, protocol: tcp, port: 603, applies_to: {groups: [web]}}
""",
}


@pytest.fixture(scope="module")
def layered(controller: Controller) -> Run:
    directory = controller.new_directory()
    for name, text in FILES.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text)
    run = controller.audit(*HOSTS, directory=directory)
    assert run.code == 0, run.text
    return run


def _said(run: Run, host: str, port: int) -> list[tuple[str, str | None, str | None]]:
    return [(one["code"], one["rule"], one["layer"]) for one in run.findings(host) if one["port"] == port]


def test_each_host_has_the_rules_of_its_groups(layered: Run) -> None:
    assert _said(layered, "web2", 443) == [("wrong-owner", "https", "group_vars")]
    assert _said(layered, "edge2", 8443) == []
    assert layered.verdicts()["calm1"] == "pass"
    assert len({layered.evidence(host)["run"]["policy"] for host in HOSTS}) == len(HOSTS)
    assert {policy["name"] for policy in layered.report["policies"]} == {"organisation + web + group_vars"}


def test_an_override_takes_the_place_of_the_rule(layered: Run) -> None:
    assert _said(layered, "web2", 603) == []
    assert _said(layered, "web2", 81) == [("forbidden-listener", "console", "organisation")]


def test_findings_say_where_their_rule_stands(layered: Run) -> None:
    places = {one["rule"]: one["place"] for one in layered.findings("web2") if one["rule"]}
    assert places["console"] == "organisation.yml:6:5"
    # ansible-core 2.18 forgets where what a template passes on was written.
    assert places["https"] in ("group_vars/web.yml:3:5", "inline policy 3")


def test_people_can_read_the_layer(layered: Run) -> None:
    assert "layer organisation" in (layered.directory / "report.html").read_text()
    assert "organisation.yml:6:5 in organisation" in (layered.directory / "report.md").read_text()
