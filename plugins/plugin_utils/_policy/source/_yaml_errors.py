# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words for what the YAML parser refuses."""

from __future__ import annotations

import re
import typing as t

import yaml

from ._policy_document import MAX_DEPTH, Position, position

_LINE_END = re.compile(r"\r\n|\r|\n")
TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"
# libyaml from 0.2.6 on has a bound of its own, and meets it while it reads ahead of what it tells.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"


def explain(error: yaml.YAMLError, text: str) -> tuple[Position | None, str]:
    """Position (line and column from 1) and message of a syntax error."""
    if isinstance(error, yaml.reader.ReaderError):
        return _character(error, text)
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if problem == _TOO_DEEP_FOR_LIBYAML:
        return position(mark) if mark else None, TOO_DEEP
    return position(mark) if mark else None, f"is not YAML: {problem}{_context(error)}{_hint(problem, mark, text)}"


def _character(error: t.Any, text: str) -> tuple[Position, str]:
    """A character that YAML does not allow. The C and the Python loader count differently, so it is looked up."""
    ordinal = error.character if isinstance(error.character, int) else ord(error.character)
    at = max(text.find(chr(ordinal)), 0)
    return at_character(text, at), f"is not YAML: the character U+{ordinal:04X} is not allowed"


def at_character(text: str, index: int) -> Position:
    """Line and column of a character, where lines end as they do for YAML and editors."""
    ends = [end.end() for end in _LINE_END.finditer(text, 0, index)]
    return len(ends) + 1, index - (ends[-1] if ends else 0) + 1


def _context(error: yaml.YAMLError) -> str:
    context, mark = getattr(error, "context", None), getattr(error, "context_mark", None)
    if not context:
        return ""
    return f" {context} that starts on line {mark.line + 1}" if mark else f" {context}"


def _hint(problem: str, mark: t.Any, text: str) -> str:
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        return ": indent with spaces, not tabs"
    if mark is not None and "!" in text[max(mark.index - 20, 0) : mark.index] and "expected whitespace" in problem:
        return ": put text that begins with ! in quotes"
    if problem.startswith("mapping values are not allowed"):
        return ": quote text that has a colon in it"
    return ""
