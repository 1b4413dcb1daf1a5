# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every listener of the machine, and no other: owner, unit, container, reach and verdict, in each way of auditing."""

from __future__ import annotations

import collections
import typing as t

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.expected import ACTIVATED, LISTENERS, Expected
from _hosts.known import KNOWN
from _hosts.names import Names
from _hosts.seen import Seen, View

SEES_ALL = ("root", "become")
# Worst first.
VERDICTS = ("fail", "unverified", "warn", "waived")


def listeners(run: Run, names: Names) -> list[Seen]:
    view = View(names)
    return [view.seen(item) for item in run.evidence(NAME)["listeners"]]


def cases(aspect: str) -> list[t.Any]:
    """The expected listeners as cases of a test. What the collection gets wrong there has to fail."""
    found = {}
    for expected in LISTENERS:
        reason = KNOWN[aspect].get(expected.seen.place)
        marks = [pytest.mark.xfail(reason=f"issue 14, {reason}")] if reason else []
        found[expected.seen.place] = pytest.param(expected, marks=marks, id=expected.seen.place)
    return list(found.values())


def findings(run: Run, names: Names, expected: Seen) -> list[dict[str, t.Any]]:
    """The findings of one listener. A published port's owner tells it apart from a socket on it."""
    return [
        finding
        for finding in run.findings(NAME)
        if finding["port"] is not None
        and (finding["protocol"], finding["address"]) == (expected.protocol, expected.address)
        and names.port(finding["protocol"], finding["address"], finding["port"]) == expected.port
        and (" to " in (finding["owner"] or "")) == bool(expected.published)
    ]


def verdict(run: Run, names: Names, expected: Seen) -> str:
    found = {finding["verdict"] for finding in findings(run, names, expected)}
    return next((verdict for verdict in VERDICTS if verdict in found), "pass")


@pytest.mark.parametrize("way", SEES_ALL)
def test_places_are_those_of_the_table(fresh: dict[str, Run], names: Names, way: str) -> None:
    table = [expected.seen.place for expected in LISTENERS]
    table += [f"{it.protocol} {it.address} {it.port}" for it in ACTIVATED]
    seen = collections.Counter(item.place for item in listeners(fresh[way], names))
    assert seen == collections.Counter(table)


@pytest.mark.parametrize("way", SEES_ALL)
@pytest.mark.parametrize("expected", cases("seen"))
def test_owner_unit_and_container(fresh: dict[str, Run], names: Names, way: str, expected: Expected) -> None:
    seen = [item for item in listeners(fresh[way], names) if item.place == expected.seen.place]
    assert set(seen) == {expected.seen}


@pytest.mark.parametrize("expected", cases("verdict"))
def test_verdict(fresh: dict[str, Run], names: Names, expected: Expected) -> None:
    assert verdict(fresh["root"], names, expected.seen) == expected.verdict


@pytest.mark.parametrize("expected", cases("reach"))
def test_reach(fresh: dict[str, Run], names: Names, expected: Expected) -> None:
    found = findings(fresh["become"], names, expected.seen)
    assert {finding["reach"] for finding in found} == {expected.reach}


@pytest.mark.parametrize("expected", cases("plain"))
def test_what_a_plain_user_sees(fresh: dict[str, Run], names: Names, expected: Expected) -> None:
    seen = {item for item in listeners(fresh["plain"], names) if item.place == expected.seen.place}
    assert seen == ({expected.plain} if expected.plain else set())


@pytest.mark.parametrize("expected", cases("plain verdict"))
def test_verdict_for_a_plain_user(fresh: dict[str, Run], names: Names, expected: Expected) -> None:
    assert verdict(fresh["plain"], names, expected.seen) == expected.plain_verdict
