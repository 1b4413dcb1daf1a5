# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of sockets of one process are one thing to a reader: equal findings on ports in a row become one.

Only the port may differ: listeners with another owner, address or namespace, and findings with another verdict, code,
severity, rule, reach or waiver, stay apart. The evidence, and the judged listeners, keep every port.
"""

from __future__ import annotations

import collections
import dataclasses
import operator
import typing as t

from ....module_utils._socket import Listener
from .. import _listener_labels, _owner_labels
from .._judgement import Finding, JudgedListener
from . import _listener_findings

FEWEST = 25  # ports that are folded; a few are read better one by one
_RANGES = 3  # that a finding names; of more, the first and the last port
_OWN = ("port", "inodes", "sockets", "ephemeral")  # what each socket has of its own
_ALIKE = operator.itemgetter(*(place for place, name in enumerate(Listener._fields) if name not in _OWN))
_Key = tuple[t.Any, ...]
_Folded = dict[int, list[Finding]]  # by position of the listener


def fold(
    judged: t.Sequence[JudgedListener], *, namespace: int | None
) -> tuple[tuple[JudgedListener, ...], list[Finding]]:
    """The listeners with what is said of them, folded, and every finding once. ``namespace``: the host's own."""
    if sum(len(one.findings) for one in judged) < FEWEST:
        return tuple(judged), [finding for one in judged for finding in one.findings]
    folded: _Folded = {}
    for row in _rows(judged):
        _fold_row(judged, row, folded, namespace=namespace)
    found = {id(finding): finding for number, one in enumerate(judged) for finding in folded.get(number, one.findings)}
    listeners = (_with(one, folded[number]) if number in folded else one for number, one in enumerate(judged))
    return tuple(listeners), list(found.values())


def _with(one: JudgedListener, findings: t.Iterable[Finding]) -> JudgedListener:
    """A copy; dataclasses.replace() takes three times as long."""
    return JudgedListener(one.listener, one.registry, one.reach, one.verdict, one.basis, one.rule, tuple(findings))


def _rows(judged: t.Sequence[JudgedListener]) -> t.Iterator[list[int]]:
    """Positions of listeners that differ in their port alone, where it goes on: by one, or as chance gave it."""
    alike: dict[_Key, list[int]] = {}
    for number, one in enumerate(judged):
        alike.setdefault(_ALIKE(one.listener), []).append(number)
    for numbers in alike.values():
        if len(numbers) >= FEWEST:
            yield from _goes_on([(judged[number].listener, number) for number in numbers])


def _goes_on(listeners: list[tuple[Listener, int]]) -> t.Iterator[list[int]]:
    listeners.sort(key=lambda item: (item[0].port, item[1]))
    row: list[int] = []
    before: Listener | None = None
    for listener, number in listeners:
        if before and listener.port - before.port > 1 and not (listener.ephemeral and before.ephemeral):
            yield row
            row = []
        row.append(number)
        before = listener
    yield row


def _fold_row(
    judged: t.Sequence[JudgedListener], row: t.Sequence[int], folded: _Folded, *, namespace: int | None
) -> None:
    if len({judged[number].listener.port for number in row}) < FEWEST:
        return
    alike: dict[_Key, list[tuple[int, Finding]]] = collections.defaultdict(list)
    for number in row:
        for finding in judged[number].findings:
            alike[_key(finding)].append((number, finding))
    for members in alike.values():
        ports = sorted({t.cast(int, finding.port) for _number, finding in members})
        one = _folded(judged[members[0][0]], members[0][1], ports, namespace=namespace) if len(ports) > 1 else None
        for number, finding in members:
            folded.setdefault(number, []).append(one or finding)


def _key(finding: Finding) -> _Key:
    """All that it says but the port; of what no rule says, not the name that IANA has for the port either."""
    return (
        *(finding.code, finding.verdict, finding.severity, finding.rule, finding.waiver, finding.before_waiver),
        *(finding.expected, finding.found, finding.registry, finding.reach, finding.place, finding.layer),
        *(finding.controls, finding.owner, finding.unit, finding.hazard),
        _rest(finding) if finding.rule else None,
    )


def _rest(finding: Finding) -> str:
    """The message behind its port."""
    return finding.message.removeprefix(f"{finding.port}/{finding.protocol} ")


def _folded(judged: JudgedListener, finding: Finding, ports: t.Sequence[int], *, namespace: int | None) -> Finding:
    listener = judged.listener
    if finding.rule:
        said = _rest(finding)
    else:
        holder = f"{_owner_labels.holder(listener)}{_listener_labels.inside(listener, namespace)}"
        said = f"by {holder}: {_listener_findings.nobody_approved_them(finding.code, judged.registry)}"
    ranges = _ranges(ports)
    label = ", ".join(ranges)
    where = f"on {label}"
    if len(ranges) > _RANGES:
        label, where = f"{ports[0]}-{ports[-1]}", f"between {ports[0]} and {ports[-1]}"
    what = f"{len(ports):,} listeners {where}/{listener.protocol} {said}"
    return dataclasses.replace(finding, port=None, port_label=label, message=what)


def _ranges(ports: t.Sequence[int]) -> list[str]:
    """``8000-8099``, ``8200``."""
    ranges: list[list[int]] = []
    for port in ports:
        if ranges and port == ranges[-1][1] + 1:
            ranges[-1][1] = port
        else:
            ranges.append([port, port])
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
