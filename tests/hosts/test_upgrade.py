# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program whose package was upgraded while it runs, on a machine that hides processes from users (hidepid=2)."""

from __future__ import annotations

import typing as t

from _fleet.controller import Run
from _hosts.audit import NAME

PORT = 7211


def owner(run: Run) -> dict[str, t.Any]:
    [found] = [item for item in run.evidence(NAME)["listeners"] if item["port"] == PORT]
    [one] = found["owners"]
    return t.cast("dict[str, t.Any]", one)


def verdicts(run: Run) -> list[tuple[str, str]]:
    return [(finding["code"], finding["verdict"]) for finding in run.findings(NAME) if finding["port"] == PORT]


def said(run: Run) -> set[tuple[t.Any, ...]]:
    """What is said of every other listener."""
    fields = ("code", "verdict", "protocol", "address", "port", "owner", "unit")
    return {tuple(finding[field] for field in fields) for finding in run.findings(NAME) if finding["port"] != PORT}


def test_it_is_unverified_until_it_is_restarted(connected: Run, upgraded: dict[str, Run], restarted: Run) -> None:
    runs = {"before": connected, "upgraded": upgraded["root"], "restarted": restarted}
    assert {name: owner(run)["exe"] for name, run in runs.items()} == dict.fromkeys(runs, "/usr/bin/busybox-tinyd")
    deleted = {name: owner(run)["exe_deleted"] for name, run in runs.items()}
    assert deleted == {"before": False, "upgraded": True, "restarted": False}
    found = {name: verdicts(run) for name, run in runs.items()}
    assert found == {"before": [], "upgraded": [("unverified-owner", "unverified")], "restarted": []}


def test_an_upgrade_replaces_nobody(upgraded: dict[str, Run]) -> None:
    changes = [row for row in upgraded["root"].report["drift"]["rows"] if row["port"] == PORT]
    assert [row["kind"] for row in changes if row["kind"] != "unknown"] == []


def test_nothing_is_hidden_from_root(connected: Run, upgraded: dict[str, Run]) -> None:
    assert said(upgraded["root"]) == said(connected)
    assert not upgraded["root"].evidence(NAME)["collector"]["gaps"] or (
        upgraded["root"].evidence(NAME)["collector"]["gaps"] == connected.evidence(NAME)["collector"]["gaps"]
    )


def test_a_plain_user_still_sees_every_listener_and_passes_none_by_its_owner(
    fresh: dict[str, Run], upgraded: dict[str, Run]
) -> None:
    def places(run: Run) -> set[tuple[t.Any, ...]]:
        return {(it["protocol"], it["address"], it["port"]) for it in run.evidence(NAME)["listeners"]}

    assert places(upgraded["plain"]) == places(fresh["plain"])
    hidden = upgraded["plain"].evidence(NAME)["collector"]
    assert hidden["privilege"]["all_processes"] is False
    assert hidden["owners_complete"] is False
