# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a policy: every problem at once, each with its place."""

from __future__ import annotations

import dataclasses
import typing as t

from .._common._printable import printable
from ._policy_model import SourcePlace

Path = tuple[t.Union[str, int], ...]


@dataclasses.dataclass(frozen=True)
class PolicyProblem:
    """One thing wrong. ``path`` is a JSON path such as ``$.rules[2].port``, empty when the whole source is meant."""

    place: SourcePlace
    path: str
    message: str

    def __str__(self) -> str:
        parts = (str(self.place), self.path, self.message)
        return printable(": ".join(part for part in parts if part))

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sorts problems as they stand in the file; inline ones, which have no line, by path."""
        return (self.place.file, self.place.line or 0, self.place.column or 0, self.path)


class PolicyError(Exception):
    """The policy cannot be used; ``problems`` says why, sorted by line. ``str()`` is one line for each."""

    def __init__(self, problems: t.Iterable[PolicyProblem]) -> None:
        self.problems: tuple[PolicyProblem, ...] = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MissingLibrary(PolicyError):
    """A library that checking a policy needs is not there, or too old; the text says which, where and how to get it."""

    def __init__(self, message: str) -> None:
        super().__init__((PolicyProblem(SourcePlace("controller"), "", message),))


def path_text(path: Path) -> str:
    """A JSON path: ``$.rules[2].port``."""
    return "$" + "".join(_step(part) for part in path)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    plain = part.replace("_", "").replace("-", "").isalnum()
    return f".{part}" if plain else f"[{part!r}]"
