# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where copies of reports may not go: where they would take the place of what a run keeps or reads."""

from __future__ import annotations

import os
import typing as t

from .._common._printable import printable
from .._evidence.files import _atomic_files
from .._evidence.runs._inside_run import entry, run_around
from .._report._report_errors import FormatProblem
from .._report.formats._choice import Choice


def check_copies(choices: t.Iterable[Choice], *, run: str, reads: t.Iterable[str] = ()) -> None:
    """Raise FormatProblem that names the format and the path of a copy that must not be written, or cannot be.

    ``run``: the directory of the run, which may not be there yet; ``reads``: the files of its policy.
    """
    choices = tuple(choices)
    read = {entry(path) for path in (*reads, *_named(choices))}
    taken: dict[str, str] = {}
    for choice in choices:
        if choice.path is None:
            continue
        wrong = _wrong(choice.path, run=run, read=read, taken=taken)
        if wrong:
            raise FormatProblem(f"the path {choice.path!r} of format {choice.format} {wrong}")
        taken[entry(choice.path)] = choice.format


def _named(choices: t.Iterable[Choice]) -> t.Iterator[str]:
    """Files that the entries themselves name to be read."""
    for choice in choices:
        yield from (path for path in (choice.template, choice.policy_file) if path)


def _wrong(path: str, *, run: str, read: t.Collection[str], taken: t.Mapping[str, str]) -> str | None:
    """What forbids a path, in words that go on after its name; None for one that is fine."""
    place, around = entry(path), run_around(path, own=run)
    if place in taken:
        return f"is that of format {taken[place]} too: each format needs its own path"
    if place == entry(os.path.join(os.path.dirname(run), "latest")):
        return "is the link to the newest run: choose another place"
    if around is not None:
        which = "this run" if around == os.path.realpath(run) else f"the run {printable(os.path.basename(around))}"
        return f"is in the directory of {which}, where a copy could replace files of the run: choose another place"
    if place in read or os.path.realpath(place) in read:
        return "is a file that the run reads, its policy or a template: choose another file"
    return _unusable(place)


def _unusable(place: str) -> str | None:
    if os.path.isdir(place):
        return "is a directory: name a file in the directory"
    try:
        _atomic_files.refuse_device(place)
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    above = os.path.dirname(place)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    return None if os.path.isdir(above) else f"cannot be written: {printable(above)} is not a directory"
