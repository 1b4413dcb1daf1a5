# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write every format that was asked for: into the directory of the run, and where a copy is wanted."""

from __future__ import annotations

import os
import typing as t

from .._common._checkout import find_checkout
from .._evidence._evidence_errors import EvidenceError
from .._evidence.files import _atomic_files
from .._evidence.files._run_directory import RunDirectory
from .._report.formats._choice import Choice, Surroundings
from .._report.formats._registry import FORMATS, build
from .._report.model._report import ReportModel
from ._report_copies import check_copies

_BYTES = 1 << 16


def write_reports(
    directory: RunDirectory, model: ReportModel, choices: t.Iterable[Choice], *, template_dirs: t.Sequence[str]
) -> dict[str, str]:
    """Returns the path of each by format: the copy's where there is one.

    Raises EvidenceError, TemplateProblem, and FormatProblem before anything is written.
    """
    choices = tuple(choices)
    sources = [source for policy in model.run.policies for source in policy.sources]
    check_copies(choices, run=directory.path, reads=sources)
    files: dict[str, str] = {}
    checkout = find_checkout(os.environ)
    for choice in sorted(choices, key=lambda choice: FORMATS[choice.format].last):
        around = Surroundings(template_dirs=template_dirs, files=dict(files), checkout=checkout)
        kept = directory.write_pieces(build(model, choice, around), name=choice.name)
        files[choice.format] = _copy(kept, choice) if choice.path else kept
    return files


def _copy(kept: str, choice: Choice) -> str:
    path = os.path.abspath(os.path.expanduser(choice.path or ""))
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(kept, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            _atomic_files.write_pieces(path, iter(lambda: stream.read(_BYTES), ""), mode=choice.mode)
    except OSError as error:
        raise EvidenceError(f"cannot write {path}: {error.strerror}") from error
    return path
