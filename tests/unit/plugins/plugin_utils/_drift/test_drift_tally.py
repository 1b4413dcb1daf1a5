# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift of a fleet added up, and who holds a listener on two days."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift import _drift_tally
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._drift_tally import DriftTally
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._holder import known
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import (
    KINDS,
    DriftChange,
    HostDrift,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    SSHD,
    listener,
    owner,
    unowned,
)


def _change(kind: str = "opened", port: int | None = 8081, **fields: t.Any) -> DriftChange:
    given: dict[str, t.Any] = {"owner": "java", "was": None, "now": "0.0.0.0:8081", **fields}
    return DriftChange(kind, "tcp", port, **given)


def _tally(**hosts: HostDrift) -> DriftTally:
    tally = DriftTally()
    for host, drift in hosts.items():
        tally.add(host, drift)
    return tally


def test_equal_changes_are_one_group() -> None:
    same = HostDrift((_change(),))
    tally = _tally(b=same, a=same, c=HostDrift((_change(port=22), _change("closed"))), d=HostDrift(()))
    assert [(group.change.kind, group.change.port, group.hosts) for group in tally.groups] == [
        ("opened", 8081, ("a", "b")),
        ("opened", 22, ("c",)),
        ("closed", 8081, ("c",)),
    ]
    assert (tally.compared, dict(tally.kinds), dict(tally.hosts)) == (
        4,
        {"opened": 3, "closed": 1},
        {"opened": 3, "closed": 1},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_for_people(kind: str) -> None:
    (group,) = _tally(web1=HostDrift((_change(kind),))).groups
    assert _drift_tally.line(group).startswith(f"{kind} 8081/tcp by java on web1: ")


def test_a_line_names_few_hosts() -> None:
    (group,) = _tally(**{f"h{number}": HostDrift((_change(owner=None),)) for number in range(9)}).groups
    assert _drift_tally.line(group) == "opened 8081/tcp on 9 hosts: 0.0.0.0:8081"


def test_hosts_that_were_not_compared_are_counted_by_reason() -> None:
    tally = _tally(b=HostDrift((), "no evidence"), a=HostDrift((), "no evidence"), c=HostDrift((), partly=("udp",)))
    assert (tally.compared, tally.left_out, tally.in_part(["opened"])) == (1, 2, 1)
    no_evidence, partly = tally.not_compared.items()
    assert no_evidence == ("no evidence", ("a", "b"))
    assert (partly[0].startswith("not compared for udp: "), partly[1]) == (True, ("c",))


HOLDERS = [
    pytest.param(listener(22, SSHD), listener(22, owner(pid=1, started="x")), True, id="a restart"),
    pytest.param(listener(22, SSHD, SSHD), listener(22, SSHD), True, id="fewer workers"),
    pytest.param(listener(22, SSHD, JAVA), listener(22, JAVA, SSHD), True, id="another order"),
    pytest.param(listener(22, SSHD), listener(22, owner(exe="/x")), False, id="another executable"),
    pytest.param(listener(22, SSHD), listener(22, owner(unit="x.service")), False, id="another unit"),
    pytest.param(
        listener(22, owner(unit="session-3.scope")), listener(22, owner(unit="session-12.scope")), True, id="a session"
    ),
    pytest.param(
        listener(22, owner(unit="run-r1a.service")), listener(22, owner(unit="run-r2b.service")), True, id="systemd-run"
    ),
    pytest.param(unowned("kernel"), unowned("kernel"), True, id="the kernel"),
    pytest.param(unowned("kernel"), unowned("unattributed"), False, id="nobody after the kernel"),
]


@pytest.mark.parametrize(("one", "other", "same"), HOLDERS)
def test_the_same_holder(one: Listener, other: Listener, same: bool) -> None:
    assert (known(one).holder == known(other).holder) is same


@pytest.mark.parametrize(
    ("seen", "holder", "whole"),
    [
        pytest.param(listener(22), True, True, id="known"),
        pytest.param(listener(22, owners_complete=False), True, False, id="others may hold it too"),
        pytest.param(listener(22, owner(exe=None, name=None)), False, False, id="could not be read"),
        pytest.param(unowned("denied"), False, False, id="denied"),
        pytest.param(unowned("unattributed"), True, True, id="no process"),
    ],
)
def test_what_is_known_of_a_holder(seen: Listener, holder: bool, whole: bool) -> None:
    found = known(seen)
    assert (found.holder is not None, found.whole) == (holder, whole)
