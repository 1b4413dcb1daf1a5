# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark says: one row for each measure, with its peer and its target."""

from __future__ import annotations

import dataclasses
import typing as t

COLUMNS = ("scene", "measure", "ours", "peer", "ratio", "target", "met")


@dataclasses.dataclass(frozen=True)
class Target:
    """A limit: of the ratio ours / peer, or of ours alone, in seconds or in bytes."""

    ratio: float | None = None
    seconds: float | None = None
    size: float | None = None

    def met(self, *, ours: float, ratio: float | None) -> bool | None:
        """Whether it holds; None where the peer was not measured."""
        if self.absolute is not None:
            return ours <= self.absolute
        return None if ratio is None or self.ratio is None else ratio <= self.ratio

    @property
    def absolute(self) -> float | None:
        return self.size if self.seconds is None else self.seconds

    def __str__(self) -> str:
        if self.size is not None:
            return f"<= {megabytes(self.size)}"
        return f"<= {seconds(self.seconds)}" if self.seconds is not None else f"<= {self.ratio:.3g} x"


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table. ``ours`` and ``peer`` are seconds, or with ``memory`` bytes; None: left out.

    A row without target is there for context.
    """

    scene: str
    measure: str
    ours: float
    peer: float | None = None
    target: Target | None = None
    memory: bool = False

    @property
    def ratio(self) -> float | None:
        return None if self.peer is None else self.ours / self.peer

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.met(ours=self.ours, ratio=self.ratio)

    def as_dict(self) -> dict[str, t.Any]:
        """The row as ``results.json`` holds it: seconds or bytes, number or null for the ratio, text for the target."""
        target = None if self.target is None else str(self.target)
        values = (self.scene, self.measure, self.ours, self.peer, self.ratio, target, self.met)
        return dict(zip(COLUMNS, values, strict=True))

    def cells(self) -> tuple[str, ...]:
        """The row as a person reads it."""
        amount = megabytes if self.memory else seconds
        return (
            self.scene,
            self.measure,
            amount(self.ours),
            "" if self.peer is None else amount(self.peer),
            "" if self.ratio is None else f"{self.ratio:.2f} x" if self.ratio >= 0.1 else f"1/{1 / self.ratio:.0f}",
            "" if self.target is None else str(self.target),
            self._verdict(),
        )

    def _verdict(self) -> str:
        if self.target is None:
            return ""
        return {True: "yes", False: "NO", None: "not measured"}[self.met]


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:.3g} ms" if value < 0.1 else f"{value:.3g} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.3g} MB"


def as_text(rows: t.Sequence[Row]) -> str:
    """The table for a terminal."""
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    return "\n".join("  ".join(line).rstrip() for line in padded)


def as_markdown(rows: t.Sequence[Row]) -> str:
    """The table for docs/benchmarks.md."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
