# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every pass is counted by what it rests on."""

from __future__ import annotations

import dataclasses

from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._approvals import build_approvals
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

SSHD = owner_named("sshd", unit="ssh.service")


def _host(name, *judged):
    return host(name, *judged, evidence=document(name, policy=sample.SHA256))


def test_passes_are_counted_by_basis_and_by_rule():
    hosts = [
        _host("a", passed(listener(22, SSHD), rule="ssh"), passed(listener(25), reach="host")),
        _host("b", passed(listener(22, SSHD), rule="ssh", basis="port")),
        _host("c", passed(listener(443), rule="web", basis="port+unit")),
    ]
    approvals = build_approvals([sample.POLICY], hosts)
    assert approvals.basis == {"port": 1, "port+unit": 1, "port+owner": 1, "default": 1}
    ssh, web = approvals.rules
    assert (ssh.rule, ssh.listeners, ssh.hosts.all, ssh.ports.all) == ("ssh", 2, ("a", "b"), ("22/tcp",))
    assert ssh.basis == {"port": 1, "port+unit": 0, "port+owner": 1}
    assert (ssh.justification, ssh.ticket, ssh.approved_by) == ("administration", "CHG-1", "security")
    assert (ssh.approved_on, ssh.review_by) == ("2026-01-05", "2027-01-05")
    assert (web.rule, web.listeners) == ("web", 1)
    assert [(group.port, group.basis) for group in approvals.defaults] == [("25", "default")]


def test_an_approved_unassigned_port_is_still_marked():
    judged = passed(listener(9187), rule="metrics-postgres", basis="port")
    approvals = build_approvals([sample.POLICY], [_host("a", judged, passed(listener(22), rule="ssh"))])
    assert [(group.port, group.rule) for group in approvals.unassigned] == [("9187", "metrics-postgres")]
    assert {use.rule: use.unassigned for use in approvals.rules} == {"ssh": 0, "metrics-postgres": 1}


def test_an_unassigned_port_that_the_defaults_ignore_is_marked_too():
    approvals = build_approvals([sample.POLICY], [_host("a", passed(listener(81, address="127.0.0.1"), reach="host"))])
    assert [(group.port, group.basis, group.rule) for group in approvals.unassigned] == [("81", "default", None)]


def test_what_does_not_pass_is_no_approval():
    waived = found(listener(6379), "excess-reach", "waived", "said", rule="redis", waiver="W-1")
    waived = dataclasses.replace(waived, basis="port")
    approvals = build_approvals([sample.POLICY], [_host("a", waived)])
    assert sum(approvals.basis.values()) == 0
    assert approvals.rules == ()
