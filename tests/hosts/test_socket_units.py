# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Socket units before and after the first connection: what the unit file does not tell for certain is unknown."""

from __future__ import annotations

import typing as t

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.expected import ACTIVATED, Activated
from _hosts.known import KNOWN

UNVERIFIED = [("unverified-owner", "unverified")]


def cases(aspect: str) -> list[t.Any]:
    found = []
    for item in ACTIVATED:
        reason = KNOWN[aspect].get(str(item.port))
        marks = [pytest.mark.xfail(reason=f"issue 14, {reason}")] if reason else []
        found.append(pytest.param(item, marks=marks, id=f"{item.port} {item.service}"))
    return found


def listener(run: Run, item: Activated) -> dict[str, t.Any]:
    [found] = [it for it in run.evidence(NAME)["listeners"] if it["port"] == item.port]
    return t.cast("dict[str, t.Any]", found)


def verdicts(run: Run, item: Activated) -> list[tuple[str, str]]:
    return [(finding["code"], finding["verdict"]) for finding in run.findings(NAME) if finding["port"] == item.port]


def certain(item: Activated) -> bool:
    """Whether the unit file tells all that the rule asks for: the program, and the user where the rule names one."""
    return set(item.told) >= ({"exe"} if item.user is None else {"exe", "user"})


@pytest.mark.parametrize("item", cases("place"))
def test_where_it_listens_and_for_whom(fresh: dict[str, Run], item: Activated) -> None:
    found = listener(fresh["root"], item)
    place = {"protocol": item.protocol, "address": item.address, "unit": f"{item.service}.service", **item.more}
    assert {field: found[field] for field in place} == place
    assert found["unit_source"] == "socket_unit"


@pytest.mark.parametrize("item", cases("before"))
def test_before_nothing_is_told_that_will_not_be_so(fresh: dict[str, Run], item: Activated) -> None:
    told = {field: getattr(item, field) if field in item.told else None for field in ("exe", "user")}
    for owner in listener(fresh["root"], item)["owners"]:
        assert {field: owner[field] for field in told} == told


@pytest.mark.parametrize("item", cases("after"))
def test_after_the_process_is_the_owner(connected: Run, item: Activated) -> None:
    owners = listener(connected, item)["owners"]
    assert {(owner["exe"], owner["user"]) for owner in owners} == {(item.exe, item.user), *item.beside}
    assert {owner["unit"] for owner in owners} == {f"{item.service}.service"}


@pytest.mark.parametrize("item", cases("verdict before and after"))
def test_a_connection_contradicts_no_verdict(fresh: dict[str, Run], connected: Run, item: Activated) -> None:
    """Of what the unit file tells the verdict is the same; the rest is unverified until a process shows it."""
    after = verdicts(connected, item)
    assert verdicts(fresh["root"], item) == (after if certain(item) else UNVERIFIED)


@pytest.mark.parametrize("item", cases("drift"))
def test_a_connection_is_no_drift(connected: Run, item: Activated) -> None:
    changes = [row for row in connected.report["drift"]["rows"] if row["port"] == item.port]
    assert changes == []
