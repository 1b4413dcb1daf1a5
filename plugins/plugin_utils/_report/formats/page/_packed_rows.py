# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every host, finding and listener of a large fleet, packed for the page that searches them.

10,000 hosts with 40 listeners each are 24 MB of table, which no browser lays out, and about 1 MB like this: columns of
numbers into lists of distinct values, as JSON, gzip, base64. ``explore.js`` reads it. Only printable text goes in.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import typing as t

from ...._common._printable import printable
from ...._judge._judgement import Finding, JudgedListener
from ...model._inputs import HostReport
from ...sections._finding_rows import observed, port_label
from ...sections._heat import told
from ...text import _labels
from ...text._order import WORST_FIRST, verdict_rank

PACKED_ROWS_VERSION = 1
# Of a kind: what listeners or findings of many hosts have in common. ``why`` holds several messages, a line each.
KIND = (
    *("verdict", "protocol", "port", "owner", "exe", "user", "unit", "reach", "registry"),
    *("code", "why", "rule", "basis"),
)


class _Distinct:
    """Values in order of appearance, each once."""

    def __init__(self) -> None:
        self.numbers: dict[t.Any, int] = {}

    def number(self, value: t.Any) -> int:
        return self.numbers.setdefault(value, len(self.numbers))


@dataclasses.dataclass
class _Columns:
    """``rows``, ``kinds``, ``addresses`` and ``ports`` are flat: so many of each host, in order of host.

    A port stands in a row's own column where chance gave it, else in the kind.
    """

    texts: _Distinct = dataclasses.field(default_factory=_Distinct)
    kinds: _Distinct = dataclasses.field(default_factory=_Distinct)
    groups: _Distinct = dataclasses.field(default_factory=_Distinct)
    hosts: dict[str, list[t.Any]] = dataclasses.field(
        default_factory=lambda: {name: [] for name in ("name", "verdict", "groups", "reason", "rows")}
    )
    rows: dict[str, list[int]] = dataclasses.field(
        default_factory=lambda: {name: [] for name in ("kind", "address", "port")}
    )

    def text(self, value: str | None) -> int:
        """0 is None, else one more than its place among the texts."""
        return 0 if value is None else 1 + self.texts.number(value)


def pack(hosts: t.Iterable[HostReport]) -> str:
    """All of it as base64."""
    columns = _Columns()
    for host in hosts:
        _add(columns, host)
    text = json.dumps(_document(columns), separators=(",", ":"), ensure_ascii=False)
    # No time and no name in the header: the same fleet gives the same bytes.
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


def _add(columns: _Columns, host: HostReport) -> None:
    rows = sorted(_row(columns, finding, judged) for finding, judged in _seen(host))
    before = 0
    for kind, address, port in rows:
        columns.rows["kind"].append(kind - before)  # differences are small and repeat themselves
        columns.rows["address"].append(address)
        columns.rows["port"].append(port)
        before = kind
    values = (printable(host.name), verdict_rank(host.result.verdict), columns.groups.number(told(host)))
    for column, value in zip(columns.hosts.values(), (*values, columns.text(host.reason), len(rows)), strict=True):
        column.append(value)


def _seen(host: HostReport) -> t.Iterator[tuple[tuple[Finding, ...], JudgedListener | None]]:
    """Each listener with what is found of it, then each finding that is of no listener."""
    yield from ((judged.findings, judged) for judged in host.result.listeners)
    yield from (((finding,), None) for finding, judged in observed(host) if judged is None)


def _row(columns: _Columns, findings: tuple[Finding, ...], judged: JudgedListener | None) -> tuple[int, int, int]:
    """Numbers of its kind and address, and its port where that is of no kind."""
    listener = judged.listener if judged else None
    by_chance = bool(listener and listener.ephemeral and listener.protocol != "tcp")
    port = str(listener.port) if listener else port_label(findings[0])
    kind = _kind(columns, findings, judged, port=None if by_chance else port)
    address = columns.text(_labels.address(listener) if listener else None)
    return kind, address, listener.port if listener and by_chance else 0


def _kind(columns: _Columns, findings: tuple[Finding, ...], judged: JudgedListener | None, *, port: str | None) -> int:
    verdict, *values = _of_listener(judged) if judged else _of_finding(findings[0])
    rule = next((finding.rule for finding in findings if finding.rule), judged.rule if judged else None)
    said = (
        "\n".join(dict.fromkeys(finding.code for finding in findings)) or None,
        "\n".join(map(printable, _lines_of(findings))) if findings else None,
        *(rule, judged.basis if judged else None),
    )
    protocol, *held = values
    return columns.kinds.number((verdict, protocol, port, *held, *said))


def _lines_of(findings: t.Iterable[Finding]) -> t.Iterable[str]:
    """What they say, and what is known of what they are about, each once."""
    return dict.fromkeys(line for finding in findings for line in (finding.message, finding.why) if line)


def _of_listener(judged: JudgedListener) -> tuple[str | None, ...]:
    listener = judged.listener
    return (
        *(judged.verdict, listener.protocol, _labels.owner(judged), _labels.exe(listener)),
        *(_labels.user(listener), _labels.unit(listener), judged.reach, _labels.registry(judged.registry)),
    )


def _of_finding(finding: Finding) -> tuple[str | None, ...]:
    """What has no listener has no executable, user and reach."""
    return (finding.verdict, finding.protocol, finding.owner, None, None, finding.unit, None, finding.registry)


def _document(columns: _Columns) -> dict[str, t.Any]:
    # text by text only here: there are few kinds and many rows of them
    kinds = [(verdict_rank(verdict), *map(columns.text, texts)) for verdict, *texts in columns.kinds.numbers]
    return {
        "version": PACKED_ROWS_VERSION,
        "verdicts": WORST_FIRST,
        "texts": [_lines(text) for text in columns.texts.numbers],
        "groups": [[printable(group) for group in groups] for groups in columns.groups.numbers],
        "hosts": columns.hosts,
        "kinds": {name: [kind[place] for kind in kinds] for place, name in enumerate(KIND)},
        "rows": columns.rows,
    }


def _lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))
