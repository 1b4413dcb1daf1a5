# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked example of docs/verdicts.md is true: its policy loads, its listeners get what their rows say."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    SSHD,
    listener,
    owner,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

PAGE = pathlib.Path(__file__).parents[5] / "docs" / "verdicts.md"
BIND = re.compile(r"(?P<address>[\d.]+):(?P<port>\d+)/(?P<protocol>\w+)")
ADDRESSES = (("127.0.0.1", "lo"), ("10.0.0.5", "eth0"))
UNSEEN = "nobody that could be seen"


def rows() -> list[list[str]]:
    """The cells of the table of listeners."""
    lines = PAGE.read_text(encoding="utf-8").split("| listener | held by |")[1].splitlines()[2:]
    table = lines[: lines.index("")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def example():
    """The first block of YAML on the page, loaded as a policy."""
    text = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    return loaded(yaml.safe_load(text))


def holder(name: str):
    """The owner that a row speaks of."""
    known = {"sshd": SSHD, "java": JAVA}
    return known.get(name) or owner(JAVA, name=name, exe=f"/usr/sbin/{name}", unit=f"{name}.service")


def shown(bind: str, held_by: str):
    """The listener of a row."""
    match = BIND.fullmatch(bind)
    address, port, protocol = match["address"], int(match["port"]), match["protocol"]
    if held_by == UNSEEN:
        return unowned("denied", port, protocol=protocol, address=address)
    owners = [holder(name) for name in held_by.split(" and ")]
    return listener(port, *owners, protocol=protocol, address=address, ephemeral=protocol == "udp")


def test_the_table_is_there():
    assert len(rows()) == 16


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}-{row[1]}")
def test_row(row):
    bind, held_by, verdict, what, _because = row
    result = judge(example(), shown(bind, held_by), facts=host_facts("db1", groups=["db"], addresses=ADDRESSES))
    (judged,) = result.listeners
    said = [judged.basis] if judged.verdict == "pass" else [finding.code for finding in judged.findings]
    assert (judged.verdict, said) == (verdict, [what])


def test_what_is_missing():
    result = judge(example(), facts=host_facts("db1", groups=["db"], addresses=ADDRESSES))
    assert [(finding.code, finding.rule) for finding in result.findings] == [("missing-listener", "metrics")]
