# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy as data of plain types, with the place of every part of it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._policy_errors import Path, PolicyError, PolicyProblem, path_text
from .._policy_model import SourcePlace

INLINE = "inline policy"
_NO_FILE = re.compile(rf"inline|{INLINE}(?: \d+)?")  # in a policy's sources; in places, of one or of several

# Bounds that no policy written by people reaches; beyond them something is wrong with the file.
MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
MAX_VALUES = 500_000
MAX_PROBLEMS = 500


def in_no_file(name: str) -> bool:
    """Whether the name of a source stands for a policy that is in no file."""
    return _NO_FILE.fullmatch(name) is not None


Position = tuple[int, int]  # line and column, from 1


class Mark(t.Protocol):
    """PyYAML's mark, of the C parser or the Python one; both count from 0."""

    line: int
    column: int
    index: int


def position(mark: Mark) -> Position:
    """Line and column as editors count them."""
    return mark.line + 1, mark.column + 1


class Day(str):
    """Text that YAML 1.1 takes for a date (or time). The schema takes it where a date is due, and nowhere else."""


@dataclasses.dataclass
class Document:
    """``data``: dict, list, str, Day, int, float, bool, None. ``values`` and ``keys`` hold where these start.

    What an alias or a merge key brings in has no entry of its own: it stands where the alias stands. The parts of an
    inline document may stand in many files, or nobody knows where: ``origins`` and ``key_origins`` hold what is known.
    """

    file: str
    data: t.Any = None
    values: dict[Path, Mark] = dataclasses.field(default_factory=dict)
    keys: dict[Path, Mark] = dataclasses.field(default_factory=dict)
    written: dict[Path, str] = dataclasses.field(default_factory=dict)  # numbers and the like, as in the file
    problems: list[PolicyProblem] = dataclasses.field(default_factory=list)
    broken: set[Path] = dataclasses.field(default_factory=set)  # values that could not be read: nothing more is said
    inline: bool = False
    origins: dict[Path, SourcePlace] = dataclasses.field(default_factory=dict)
    key_origins: dict[Path, SourcePlace] = dataclasses.field(default_factory=dict)
    _told: set[Path] = dataclasses.field(default_factory=set)  # where something was reported,
    _around: set[Path] = dataclasses.field(default_factory=set)  # and all that it stands in

    @property
    def full(self) -> bool:
        """Whether so much is wrong that the search for more has to end."""
        return len(self.problems) >= MAX_PROBLEMS

    @property
    def layer(self) -> str | None:
        """The name that the document gives itself."""
        name = self.data.get("name") if isinstance(self.data, dict) else None
        return name if isinstance(name, str) else None

    def place(self, path: Path) -> SourcePlace:
        """Where the value at ``path`` stands, or the nearest thing around it."""
        if self.inline:
            return self._inline_place(path)
        while path and path not in self.values:
            path = path[:-1]
        at = self.values.get(path)
        return SourcePlace(self.file, *(position(at) if at else (1, 1)), layer=self.layer)

    def _inline_place(self, path: Path) -> SourcePlace:
        """The origin of the value, of its key, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            found = self.origins.get(path[:length]) or self.key_origins.get(path[:length])
            if found:
                return dataclasses.replace(found, layer=self.layer)
        return SourcePlace(self.file, layer=self.layer)

    def key_place(self, path: Path) -> SourcePlace:
        """Where the key at the end of ``path`` stands."""
        if path in self.key_origins:
            return dataclasses.replace(self.key_origins[path], layer=self.layer)
        at = self.keys.get(path)
        return SourcePlace(self.file, *position(at), layer=self.layer) if at else self.place(path)

    def report(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Add a problem, unless one at the same path was reported: the first look at a thing sees the cause."""
        if self._in_broken(path) or path in self._told or self.full:
            return
        self._told.add(path)
        self._around.update(path[:length] for length in range(len(path) + 1))
        place = self.key_place(path) if at_key else self.place(path)
        self._append(PolicyProblem(place, path_text(path), message))

    def report_at(self, at: Position | None, message: str, *, path: Path = ()) -> None:
        """Add a problem at a (line, column) of the file, or about the file as a whole."""
        place = SourcePlace(self.file, *at) if at else SourcePlace(self.file)
        self._append(PolicyProblem(place, path_text(path) if path else "", message))

    def _append(self, problem: PolicyProblem) -> None:
        if len(self.problems) == MAX_PROBLEMS - 1:
            problem = PolicyProblem(problem.place, "", f"{MAX_PROBLEMS} problems and more: fix these to see the rest")
        if not self.full:
            self.problems.append(problem)

    def _in_broken(self, path: Path) -> bool:
        return bool(self.broken) and any(path[:length] in self.broken for length in range(len(path) + 1))

    def spoiled(self, path: Path) -> bool:
        """Whether something was reported at ``path`` or below it, or it could not be read."""
        return self._in_broken(path) or path in self._around

    def stop_if_wrong(self) -> None:
        """Raise PolicyError when anything was reported."""
        if self.problems:
            raise PolicyError(self.problems)
