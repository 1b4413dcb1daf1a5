# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways into the machine that have no port, with who holds them."""

from __future__ import annotations

import collections
import typing as t

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.machine import Machine

# By the unit of its owner; the kernel's rules have none.
PATHS = {
    ("raw", "IPv4 protocol 253", "listener@raw-253.service"),
    ("raw", "IPv4 protocol vrrp", "keepalived.service"),
    ("vsock", "port 7305 of cid any", "listener@vsock-7305.service"),
    ("dnat", "firewall mark 9 (0x9) goes to 198.51.100.9:80", None),
}
# Of each kind: what lists such sockets, with the processes that hold them.
WITNESSES = {"raw": "ss -H -awp", "packet": "ss -H -a0p", "vsock": "ss -H -lp --vsock"}


def paths(run: Run) -> list[dict[str, t.Any]]:
    return t.cast("list[dict[str, t.Any]]", run.evidence(NAME)["collector"]["alternate_paths"])


def test_each_way_in_is_seen_with_its_unit(fresh: dict[str, Run]) -> None:
    seen = {(path["kind"], path["detail"], _unit(path)) for path in paths(fresh["root"])}
    assert seen >= PATHS


@pytest.mark.parametrize("kind", WITNESSES)
def test_ss_shows_the_same_holders(machine: Machine, fresh: dict[str, Run], kind: str) -> None:
    seen: dict[str, int] = collections.Counter()
    for path in paths(fresh["root"]):
        if path["kind"] == kind:
            seen.update({str(owner["pid"]): path["count"] for owner in path["owners"]})
    listed = machine.shell.run(f"{WITNESSES[kind]} | grep -o 'pid=[0-9]*' | cut -d = -f 2; true").split()
    assert seen == collections.Counter(listed)


def test_debian_s_kernel_lists_no_xdp_sockets(machine: Machine, fresh: dict[str, Run]) -> None:
    """There is one, which the kernel counts; ``ss`` shows none, and the evidence says so."""
    assert machine.shell.run("awk '$1 == \"XDP\" { print $3 }' /proc/net/protocols; ss -H -a --xdp").split() == ["1"]
    gaps = [gap["detail"] for gap in fresh["root"].evidence(NAME)["collector"]["gaps"] if gap["affects"] == "paths"]
    assert [detail for detail in gaps if detail.startswith("AF_XDP sockets could not be listed")] == gaps != []


def _unit(path: dict[str, t.Any]) -> str | None:
    units = {owner["unit"] for owner in path["owners"]}
    return units.pop() if len(units) == 1 else None
