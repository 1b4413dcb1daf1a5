# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in the fleet findings are: groups, or in a small fleet hosts, against ports."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ..model._inputs import HostReport
from ..model._report import HeatBlock, HeatCell, HeatMap, HeatRow
from ..text._order import port_key, verdict_rank, worst
from ._finding_rows import observed, port_label

MOST_PORTS = 16  # columns: what fits on a page
MOST_GROUPS = 25  # rows of a large fleet
HOST_BY_HOST = 40  # up to so many hosts each has a row of its own
_NOT_TOLD = ("all", "ungrouped")
# Of the hosts of a row: from how many per cent on a cell is of the second, third, fourth level.
_LEVELS = (1, 5, 20)

_Port = tuple[str, str]  # number or label, protocol


@dataclasses.dataclass(frozen=True)
class _Host:
    """A host's worst verdict at each port where it has a finding."""

    name: str
    groups: tuple[str, ...]
    ports: t.Mapping[_Port, str]


def build_heat(hosts: t.Sequence[HostReport]) -> HeatMap | None:
    """Count hosts by port and group; None where no host has a finding at a port."""
    seen = [_Host(host.name, told(host), _ports(host)) for host in hosts]
    ports, left_out = _columns(seen)
    if not ports:
        return None
    by_host = len(seen) <= HOST_BY_HOST
    blocks, rows_left_out = _host_blocks(seen, ports) if by_host else _group_block(seen, ports)
    labels = tuple(f"{port}/{protocol}" for port, protocol in ports)
    return HeatMap(labels, blocks, by_host=by_host, ports_left_out=left_out, rows_left_out=rows_left_out)


def told(host: HostReport) -> tuple[str, ...]:
    """The groups of a host that say something: not those that hold everybody."""
    return tuple(group for group in host.groups if group not in _NOT_TOLD)


def _ports(host: HostReport) -> dict[_Port, str]:
    found: dict[_Port, str] = {}
    for finding, _judged in observed(host):
        label = port_label(finding)
        if label is not None:
            port = (label, finding.protocol or "")
            found[port] = worst((finding.verdict, found.get(port, "pass")), default="pass")
    return found


def _columns(hosts: t.Iterable[_Host]) -> tuple[list[_Port], int]:
    """The ports with the worst findings on the most hosts, in order of number; and how many more there are."""
    counts = collections.Counter((port, verdict) for host in hosts for port, verdict in host.ports.items())
    weights: dict[_Port, tuple[int, ...]] = {}
    for (port, verdict), number in counts.items():
        before = weights.get(port, (0, 0, 0, 0, 0))
        weights[port] = tuple(n - number * (rank == verdict_rank(verdict)) for rank, n in enumerate(before))
    chosen = sorted(weights, key=lambda port: (weights[port], port))[:MOST_PORTS]
    return sorted(chosen, key=lambda port: (port_key(port[0]), port[1])), len(weights) - len(chosen)


def _host_blocks(hosts: t.Iterable[_Host], ports: t.Sequence[_Port]) -> tuple[tuple[HeatBlock, ...], int]:
    """A block for the hosts that are in the same groups, a row for each that has a finding in these columns."""
    blocks: dict[tuple[str, ...], list[HeatRow]] = {}
    for host in hosts:
        if any(port in host.ports for port in ports):
            blocks.setdefault(host.groups, []).append(_row(host.name, [host], ports))
    ordered = sorted(blocks.items())
    return tuple(HeatBlock(", ".join(groups) or None, tuple(rows)) for groups, rows in ordered), 0


def _group_block(hosts: t.Iterable[_Host], ports: t.Sequence[_Port]) -> tuple[tuple[HeatBlock, ...], int]:
    """One block, a row for each group; hosts in no group are one."""
    members: dict[str, list[_Host]] = {}
    for host in hosts:
        for group in host.groups or ("(no group)",):
            members.setdefault(group, []).append(host)
    rows = [_row(group, those, ports) for group, those in members.items()]
    rows = [row for row in rows if any(row.cells)]
    rows.sort(key=lambda row: (-sum(cell.hosts for cell in row.cells if cell) / row.hosts, row.name))
    return (HeatBlock(None, tuple(rows[:MOST_GROUPS])),), max(0, len(rows) - MOST_GROUPS)


def _row(name: str, hosts: t.Sequence[_Host], ports: t.Sequence[_Port]) -> HeatRow:
    return HeatRow(name, len(hosts), tuple(_cell(hosts, port) for port in ports))


def _cell(hosts: t.Sequence[_Host], port: _Port) -> HeatCell | None:
    verdicts = [host.ports[port] for host in hosts if port in host.ports]
    if not verdicts:
        return None
    share = 100 * len(verdicts) / len(hosts)
    return HeatCell(worst(verdicts, default="pass"), len(verdicts), 1 + sum(share >= level for level in _LEVELS))
