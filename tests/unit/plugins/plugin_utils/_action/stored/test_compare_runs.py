# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs compared with earlier ones: changes, what could not be compared, and what stops a gate."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._compare_runs import (
    document,
    drift,
    host_drift,
    stopping,
    summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_run,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document as evidence_document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    APP,
    listener,
    owner,
    published,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, run_of


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param([listener()], [listener(), APP], ["opened"], id="opened"),
        pytest.param([listener(), APP], [listener()], ["closed"], id="closed"),
        pytest.param([listener()], [listener(22, owner(exe="/tmp/x"))], ["replaced"], id="another executable"),  # noqa: S108
        pytest.param([listener()], [listener(22, owner(unit="x.service"))], ["replaced"], id="another unit"),
        pytest.param([listener()], [listener(22, owner(pid=1, started="x"))], [], id="a restart"),
        pytest.param([listener(address="127.0.0.1")], [listener()], ["widened"], id="bound wider"),
        pytest.param([listener()], [listener(address="127.0.0.1")], ["moved"], id="bound narrower"),
        pytest.param(
            [listener(address="10.0.0.5")], [listener(address="10.0.0.6")], ["moved"], id="bound elsewhere, as wide"
        ),
        pytest.param(
            [listener(40000, protocol="udp", ephemeral=True)],
            [unowned("denied", 50000, protocol="udp", ephemeral=True)],
            [],
            id="a port by chance whose owner was not read",
        ),
        pytest.param(
            [unowned("denied", 40000, protocol="udp", ephemeral=True)],
            [listener(50000, protocol="udp", ephemeral=True), listener(514, protocol="udp")],
            ["opened"],
            id="so before, beside a port that is compared",
        ),
        pytest.param(
            [listener(40000, protocol="udp", ephemeral=True)],
            [listener(50000, protocol="udp", ephemeral=True)],
            [],
            id="another port by chance",
        ),
        pytest.param(
            [listener()],
            [unowned("denied")],
            [],
            id="an owner that is not known",
        ),
    ],
)
def test_drift(tmp_path: pathlib.Path, before: list[Listener], after: list[Listener], kinds: list[str]) -> None:
    runs = [open_run(run_of(tmp_path, FIRST, {"a": before}))], [open_run(run_of(tmp_path, SECOND, {"a": after}))]
    tally = drift(*runs)
    assert [group.change.kind for group in tally.groups] == kinds
    assert document(tally, before=runs[0], after=runs[1])["compared"] == 1


UNSEEN = {
    "code": "published-unseen",
    "affects": "listeners",
    "detail": "published ports not seen: run with --become",
    "protocol": None,
    "family": None,
}


@pytest.mark.parametrize(
    ("before", "after", "gaps", "kinds"),
    [
        pytest.param([listener(), published()], [listener(), APP], [UNSEEN], ["opened"], id="a socket is compared"),
        pytest.param([listener()], [listener(), published()], [UNSEEN], [], id="a published port is not"),
        pytest.param([listener(), published()], [listener()], [], ["closed"], id="it is where both saw them"),
        pytest.param([listener()], [], [UNSEEN], ["closed"], id="no socket at all"),
        pytest.param(
            [listener(), published()],
            [],
            [{**UNSEEN, "code": "dump-refused", "protocol": "tcp"}],
            [],
            id="no protocol that was not seen",
        ),
    ],
)
def test_drift_where_published_ports_were_not_seen(
    tmp_path: pathlib.Path,
    before: list[Listener],
    after: list[Listener],
    gaps: list[dict[str, t.Any]],
    kinds: list[str],
) -> None:
    first = open_run(run_of(tmp_path, FIRST, {"a": before}))
    second = open_run(run_of(tmp_path, SECOND, {"a": after}, gaps=gaps))
    tally = drift([first], [second])
    assert [group.change.kind for group in tally.groups] == kinds
    assert len([hosts for hosts in tally.not_compared.values() if hosts == ("a",)]) == bool(gaps)


def test_hosts_that_cannot_be_compared_are_told(tmp_path: pathlib.Path) -> None:
    before = open_run(run_of(tmp_path, FIRST, {"a": [listener()], "gone": [listener()]}, owners="all"))
    after = open_run(run_of(tmp_path, SECOND, {"a": [listener()], "new": [listener()]}, owners="first"))
    tally = drift([before], [after])
    assert tally.not_compared == {
        "collected with owners all before and first now": ("a",),
        "there is no earlier evidence of it": ("new",),
        "there is no earlier and no later evidence of it": ("dead",),
        "there is no later evidence of it": ("gone",),
    }
    assert summary(tally)[0] == "Nothing was compared."


BLIND = {**UNSEEN, "code": "dump-refused", "protocol": "udp"}


UNREAD = unowned("denied")


@pytest.mark.parametrize(
    ("after", "gaps", "kinds", "stops"),
    [
        pytest.param({"a": [listener()]}, [], ["replaced"], [], id="all compared"),
        pytest.param({"a": [listener(), APP]}, [], ["opened", "closed"], ["1 opened"], id="a change"),
        pytest.param({"a": [listener()]}, [BLIND], ["opened"], ["1 host compared in part"], id="not for udp"),
        pytest.param({"a": [UNREAD]}, [], ["replaced"], ["1 host compared in part"], id="an owner was not read"),
        pytest.param({"a": [UNREAD]}, [], ["opened"], [], id="no owner is asked for"),
        pytest.param({}, [], ["opened"], ["nothing was compared", "1 host not compared"], id="no evidence now"),
        pytest.param({}, [BLIND], [], [], id="off"),
    ],
)
def test_what_was_not_compared_stops_a_gate_on_drift(
    tmp_path: pathlib.Path, after: dict[str, list[Listener]], gaps: list[t.Any], kinds: list[str], stops: list[str]
) -> None:
    before = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=()))
    now = open_run(run_of(tmp_path, SECOND, after, gaps=gaps, absent=()))
    assert stopping(drift([before], [now]), kinds) == stops


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        pytest.param(("dead",), (), ["1 host not compared"], id="in the earlier run"),
        pytest.param((), ("dead",), ["1 host not compared"], id="in the later run"),
        pytest.param(("dead",), ("dead",), ["1 host not compared"], id="in both"),
        pytest.param((), (), [], id="in neither"),
    ],
)
def test_a_host_that_no_run_assessed_stops_a_gate_on_drift(
    tmp_path: pathlib.Path, before: tuple[str, ...], after: tuple[str, ...], stops: list[str]
) -> None:
    earlier = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=before))
    later = open_run(run_of(tmp_path, SECOND, {"a": [listener()]}, absent=after))
    assert stopping(drift([earlier], [later]), ["opened"]) == stops


def test_two_runs_for_nobody_are_no_open_gate(tmp_path: pathlib.Path) -> None:
    runs = [open_run(run_of(tmp_path, run_id, {}, absent=())) for run_id in (FIRST, SECOND)]
    tally = drift(runs[:1], runs[1:])
    assert (summary(tally), stopping(tally, ["opened"])) == (["Nothing was compared."], ["nothing was compared"])


def test_options_nested_deeper_than_python_compares() -> None:
    sides = []
    for _side in range(2):
        deep: list[t.Any] = []
        for _depth in range(100_000):
            deep = [deep]
        made = evidence_document("web1", policy="0" * 64)
        made["collector"]["options"]["more"] = deep
        sides.append({**made, "listeners": [to_dict(listener())]})
    reason = host_drift(*sides).reason
    assert reason is not None
    assert reason.startswith("its evidence cannot be compared: RecursionError")
