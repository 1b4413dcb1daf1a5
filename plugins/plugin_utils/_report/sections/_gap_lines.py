# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps as people read them: one line for one thing to do. ``report.json`` has each gap by itself."""

from __future__ import annotations

import re
import typing as t

from ....module_utils._socket import BECOME
from ..model._report import GapGroup, GapLine
from ..text._bounded_names import BoundedNames

# What differs from host to host in the same gap: numbers with what they count, and who it was.
_OWN = re.compile(r"\([^()]*\)|\d+(?: \w+)?")


def gap_lines(gaps: t.Sequence[GapGroup]) -> tuple[GapLine, ...]:
    """The lines, in the order of the gaps: what root alone can see first, for that is one line whatever it is."""
    without_root = [gap for gap in gaps if gap.detail.endswith(BECOME)]
    alike: dict[tuple[str, str, str], list[GapGroup]] = {}
    for gap in gaps:
        if not gap.detail.endswith(BECOME):
            alike.setdefault((gap.code, gap.affects, _OWN.sub("", gap.detail)), []).append(gap)
    return (*_not_root(without_root), *map(_line, alike.values()))


def _not_root(gaps: t.Sequence[GapGroup]) -> t.Iterator[GapLine]:
    if gaps:
        what = ", ".join(sorted({gap.affects for gap in gaps}))
        yield GapLine("not-root", what, f"not root: {BECOME}", _hosts(gaps))


def _line(gaps: t.Sequence[GapGroup]) -> GapLine:
    protocols = "/".join(sorted({gap.protocol for gap in gaps if gap.protocol}))
    families = "/".join(sorted({gap.family for gap in gaps if gap.family}))
    what = ", ".join(part for part in (gaps[0].affects, protocols, families) if part)
    details = list(dict.fromkeys(gap.detail for gap in gaps))
    more = f" (and {len(details) - 1:,} more like it)" if len(details) > 1 else ""
    return GapLine(gaps[0].code, what, details[0] + more, _hosts(gaps))


def _hosts(gaps: t.Iterable[GapGroup]) -> BoundedNames:
    return BoundedNames(tuple(sorted({name for gap in gaps for name in gap.hosts.all})))
