# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows of the machine: each line names what it is about, and none stands there twice."""

from __future__ import annotations

import re

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.machine import Machine

RUNS = ("root", "become", "plain", "inside", "connected", "hidden")
# A line that begins with a verdict, a kind of drift or a dash; the lines that go on after it are indented further.
_BEGINS = re.compile(r"  (?:- |[A-Za-z])")
# A port, a mark, a socket with its holder, a setting of the host with its ports, or what root alone can see.
_SUBJECT = re.compile(
    r"\d+(?:-\d+)?/\w+|ephemeral(?:/udp)?|firewall mark \d+|sockets? by \S+|listener by \S+|AF_XDP sockets|not root on"
    r"|runs in the kernel|network namespace|[\w@.-]+\.(?:service|scope|socket)|pid \d+|more rows? in the report"
    r"|no change on|newly fail|not compared: \w+"
)


@pytest.fixture(scope="session")
def runs(fresh: dict[str, Run], inside: Run, connected: Run, upgraded: dict[str, Run]) -> dict[str, Run]:
    return {**fresh, "inside": inside, "connected": connected, "hidden": upgraded["plain"]}


def entries(run: Run) -> list[str]:
    """The lines of lists, each with those that it goes on in."""
    found: list[str] = []
    for line in (run.directory / "summary.txt").read_text().splitlines():
        if _BEGINS.match(line):
            found.append(line.strip())
        elif line.startswith("   ") and found:
            found[-1] += " " + line.strip().removeprefix("| ")
    return found


@pytest.mark.parametrize("name", RUNS)
def test_each_line_has_a_subject(runs: dict[str, Run], name: str) -> None:
    assert [entry for entry in entries(runs[name]) if not _SUBJECT.search(entry)] == []


@pytest.mark.parametrize("name", RUNS)
def test_no_line_stands_there_twice(runs: dict[str, Run], name: str) -> None:
    assert len(entries(runs[name])) == len(set(entries(runs[name])))


CONTAINERS = """
for name in published local datagrams; do docker inspect --format 'docker {{.Id}}' $name; done
docker --host unix:///run/docker-rules.sock inspect --format 'docker {{.Id}}' ruled
podman inspect --format 'podman {{.Id}}' ppublished
"""


def test_containers_on_one_port_are_named(machine: Machine, inside: Run) -> None:
    text = " ".join(entries(inside))
    names = [line[: line.index(" ") + 13] for line in machine.shell.run(CONTAINERS).splitlines()]
    assert len(names) == 5
    assert [name for name in names if name not in text] == []


def test_the_host_is_named_where_a_gap_is(fresh: dict[str, Run]) -> None:
    assert f"not root on {NAME}: run with --become" in " ".join(entries(fresh["plain"]))
