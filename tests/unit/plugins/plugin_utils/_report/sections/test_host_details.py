# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts one by one: all of them in a small fleet, the ones that matter in a large one, and always counted."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections import _host_details
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._host_details import build_detail
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed


def _pass(name):
    return host(name, passed(listener(22), rule="ssh"))


def _fail(name):
    return host(
        name, passed(listener(22), rule="ssh"), found(listener(81), "unassigned-port", "fail", "81 is unassigned")
    )


def test_a_small_fleet_is_shown_in_full_worst_first():
    detail = build_detail(sample.run(), sample.hosts())
    assert [view.verdict for view in detail.hosts[:6]] == ["fail"] * 5 + ["unverified"]
    assert [view.name for view in detail.hosts[:5]] == ["db1", "db2", "web1", "web2", "web3"]
    assert (len(detail.hosts), detail.left_out) == (12, 0)
    assert detail.all_hosts
    assert detail.all_listeners
    assert not detail.packed
    assert all(view.listeners_left_out == 0 for view in detail.hosts)


def test_up_to_the_limit_every_host_is_shown():
    detail = build_detail(sample.run(), [_pass(f"h{n}") for n in range(_host_details.FULL_HOSTS)])
    assert (len(detail.hosts), detail.left_out) == (_host_details.FULL_HOSTS, 0)


def test_a_large_fleet_shows_what_does_not_pass_and_counts_the_rest():
    hosts = [_pass(f"p{n}") for n in range(_host_details.FULL_HOSTS)] + [_fail("bad")]
    detail = build_detail(sample.run(), hosts)
    (view,) = detail.hosts
    assert (view.name, view.listeners_total, view.listeners_left_out) == ("bad", 2, 0)
    assert (detail.left_out, detail.left_out_by_verdict["pass"], detail.all_hosts) == (500, 500, False)


def test_even_of_those_a_report_shows_only_so_many():
    detail = build_detail(sample.run(), [_fail(f"h{n:04}") for n in range(_host_details.FULL_HOSTS + 7)])
    left_out = _host_details.FULL_HOSTS + 7 - _host_details.WORST_HOSTS
    assert len(detail.hosts) == _host_details.WORST_HOSTS
    assert (detail.left_out, detail.left_out_by_verdict["fail"]) == (left_out, left_out)
    assert detail.packed


def test_where_listeners_are_too_many_those_that_pass_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(_host_details, "FULL_LISTENERS", 3)
    detail = build_detail(sample.run(), [_fail("a"), _fail("b")])
    assert detail.all_hosts
    assert not detail.all_listeners
    assert [[row.port for row in view.listeners] for view in detail.hosts] == [[81], [81]]
    assert [view.listeners_left_out for view in detail.hosts] == [1, 1]


def test_even_of_listeners_that_do_not_pass_a_report_shows_only_so_many(monkeypatch):
    monkeypatch.setattr(_host_details, "FULL_LISTENERS", 1)
    monkeypatch.setattr(_host_details, "WORST_LISTENERS", 1)
    detail = build_detail(sample.run(), [_fail("a"), _fail("b")])
    assert [len(view.listeners) for view in detail.hosts] == [1, 0]
    assert [view.listeners_left_out for view in detail.hosts] == [1, 2]


def test_up_to_the_limit_every_listener_is_shown(monkeypatch):
    monkeypatch.setattr(_host_details, "FULL_LISTENERS", 4)
    detail = build_detail(sample.run(), [_fail("a"), _fail("b")])
    assert [len(view.listeners) for view in detail.hosts] == [2, 2]


def test_facts_of_a_host_come_from_its_evidence():
    evidence = document("a", policy=sample.SHA256, privileged=False, clock_offset=94.0, os="Debian")
    (view,) = build_detail(sample.run(), [host("a", evidence=evidence, groups=("web", "ungrouped"))]).hosts
    assert (view.os, view.kernel, view.observed) == ("Debian", "6.1.0-28-amd64", "2026-11-22T22:59:09Z")
    assert (view.policy, view.privileged, view.clock_offset) == ("production", False, 94.0)
    assert view.groups == ("web",)


def test_a_host_without_evidence_has_no_facts():
    (view,) = build_detail(sample.run(), [host("a", reason="no route")]).hosts
    assert (view.os, view.observed, view.policy, view.reason, view.listeners) == (None, None, None, "no route", ())


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(
            listener(22, owner_named("sshd"), address="::", mptcp=True), {"protocol": "tcp (mptcp)"}, id="mptcp"
        ),
        pytest.param(
            listener(22, owner_named("sshd"), address="::", device="eth1"),
            {"address": ":: on eth1"},
            id="bound to a device",
        ),
        pytest.param(
            listener(22, owner_named("sshd", exe_deleted=True), address="::"),
            {"exe": "/usr/sbin/sshd (deleted)"},
            id="deleted",
        ),
        pytest.param(
            listener(22, owner_named("sshd", exe_on_host=False), address="::"),
            {"exe": "/usr/sbin/sshd (not the host's own file)"},
            id="a fake executable",
        ),
        pytest.param(
            listener(22, owner_named("sshd", exe_on_host=None), address="::"),
            {"exe": "/usr/sbin/sshd"},
            id="not known to be a fake",
        ),
        pytest.param(
            listener(22, owner_named("a"), owner_named("b"), address="::"), {"owner": "a, b"}, id="two owners"
        ),
        pytest.param(
            listener(22, owner_named("a"), owner_named("a"), address="::"), {"owner": "a"}, id="two workers of one name"
        ),
        pytest.param(
            unowned("denied", uid=1000),
            {"owner": "owner could not be read", "user": "uid 1000", "exe": None},
            id="an owner that cannot be seen",
        ),
        pytest.param(
            listener(22, Owner(pid=1), address="::"),
            {"owner": "owner not known"},
            id="systemd holds it, for whom is not known",
        ),
        pytest.param(unowned("kernel"), {"owner": "the kernel"}, id="the kernel"),
        pytest.param(
            unowned("denied", container="0123456789abcdef"), {"unit": "container 0123456789ab"}, id="a container"
        ),
        pytest.param(
            listener(22, namespace=7, container="0123456789abcdef", engine="podman"),
            {"address": "0.0.0.0 in podman 0123456789ab"},
            id="in a container",
        ),
        pytest.param(listener(22, namespace=7), {"address": "0.0.0.0 in network namespace 7"}, id="in a namespace"),
    ],
)
def test_labels_of_a_listener(seen, expected):
    (view,) = build_detail(
        sample.run(), [host("a", passed(seen, rule="ssh"), evidence=document("a", policy=sample.SHA256))]
    ).hosts
    row = view.listeners[0]
    assert {field: getattr(row, field) for field in expected} == expected
