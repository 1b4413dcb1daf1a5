# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which formats a report shall have, and where: names, or dictionaries that name, place and change one."""

from __future__ import annotations

import difflib
import re
import typing as t

from ..._evidence.files._manifest import SIGNATURES, SUMS_FILE
from ..._evidence.runs._run_record import RUN_FILE
from ..._gate._verdicts_file import VERDICT_LINES_FILE, VERDICTS_FILE
from .._report_errors import FormatProblem
from ._choice import Choice
from ._registry import FORMATS

# Files that the run itself keeps beside its reports.
_KEPT = (
    *(RUN_FILE, VERDICTS_FILE, VERDICT_LINES_FILE, "summary.txt"),
    *(SUMS_FILE, *SIGNATURES, "evidence", "failures", "policies"),
)
_KEYS = ("format", "name", "path", "mode")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_MODE = re.compile(r"0?[0-7]{3}")


def read_choices(given: t.Sequence[t.Any]) -> tuple[Choice, ...]:
    """Check what was asked for. Raises FormatProblem that names the entry."""
    choices = tuple(_choice(entry, f"formats[{number}]") for number, entry in enumerate(given))
    for what in ("format", "name", "path"):
        values = [getattr(choice, what) for choice in choices if getattr(choice, what) is not None]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise FormatProblem(f"formats: the {what} {twice!r} occurs twice")
    return choices


def _choice(entry: t.Any, where: str) -> Choice:
    fields = {"format": entry} if isinstance(entry, str) else entry
    if not isinstance(fields, t.Mapping) or "format" not in fields:
        raise FormatProblem(f"{where}: a format is a name, or a dictionary with the key format; found {entry!r}")
    name = str(fields["format"]).strip().lower()
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise FormatProblem(f"{where}: there is no format {name!r}{_meant(name, FORMATS)}; there are: {known}")
    allowed = (*_KEYS, *FORMATS[name].options)
    for key in fields:
        if key not in allowed:
            raise FormatProblem(
                f"{where}: format {name} has no key {key!r}{_meant(key, allowed)}; it has: {', '.join(allowed)}"
            )
    return Choice(
        format=name,
        name=_name(fields.get("name", FORMATS[name].file), where),
        path=_text(fields, "path", where),
        mode=_mode(fields.get("mode", "0600"), where),
        template=_text(fields, "template", where),
        policy_file=_text(fields, "policy_file", where),
        color=_switch(fields.get("color", False), where),
    )


def _name(name: t.Any, where: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise FormatProblem(
            f"{where}: name is a plain file name of letters, digits, dot, dash and underscore; found {name!r} "
            "(a place elsewhere is its path)"
        )
    if name in _KEPT:
        raise FormatProblem(f"{where}: the run itself has a file {name}")
    return name


def _text(fields: t.Mapping[str, t.Any], key: str, where: str) -> str | None:
    value = fields.get(key)
    if value is not None and (not isinstance(value, str) or not value or "\0" in value):
        raise FormatProblem(f"{where}: {key} is a path; found {value!r}")
    return value


def _mode(mode: t.Any, where: str) -> int:
    """YAML reads an unquoted 0644 as the number 420, so that only text says what was meant."""
    if not isinstance(mode, str) or not _MODE.fullmatch(mode):
        raise FormatProblem(f'{where}: mode is octal digits in quotes, such as "0644"; found {mode!r}')
    return int(mode, 8)


def _switch(value: t.Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise FormatProblem(f"{where}: color is true or false; found {value!r}")
    return value


def _meant(word: t.Any, words: t.Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(words), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
