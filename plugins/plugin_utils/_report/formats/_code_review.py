# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pipelines show on a change: GitHub's workflow commands, GitLab's code quality report."""

from __future__ import annotations

import os
import typing as t

from ..._common._checkout import Checkout
from ..._common._ci_commands import workflow_command
from ..._common._counted import count
from ..._common._durations import age_text
from ..model._report import ReportModel
from ._alerts import Alert, problems
from ._json import encode
from ._source_location import SourceLocations

# GitHub shows ten of each level for a step, and drops the rest without a word.
PER_LEVEL = 10
# GitLab parses the whole file for each change that is looked at.
MOST = 5_000
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # by level
_SEVERITIES = {"low": "minor", "medium": "major", "high": "critical", "critical": "blocker"}


def github(model: ReportModel, *, policy_file: str | None = None, checkout: Checkout | None = None) -> str:
    """Lines to be printed by a step: ``::error file=policy.yml,line=4,col=3,title=…::message``."""
    spots = SourceLocations(model, policy_file, checkout)
    room = dict.fromkeys(_COMMANDS.values(), PER_LEVEL)
    room["notice"] -= 1 + bool(model.summary.stood_in)  # for the lines below the problems
    lines = []
    left_out = 0
    for problem in problems(model):
        command = _COMMANDS[problem.level]
        if room[command]:
            room[command] -= 1
            lines.append(_command(command, problem, spots))
        else:
            left_out += 1
    if model.summary.stood_in:
        age = age_text(model.summary.oldest_evidence or 0)
        stood_in = count(model.summary.stood_in, "host")
        lines.append(_notice(f"{stood_in} did not answer, judged by evidence of up to {age} ago"))
    if left_out:
        lines.append(_notice(f"{count(left_out, 'more row')}: see the report"))
    return "".join(f"{line}\n" for line in lines)


def _notice(text: str) -> str:
    return workflow_command("notice", {"title": "port audit"}, text)


def _command(command: str, problem: Alert, spots: SourceLocations) -> str:
    spot = spots.find(problem.place)
    # A file outside of the checkout cannot be shown beside a change.
    where = {} if os.path.isabs(spot.file) else {"file": spot.file, "line": spot.line, "col": spot.column}
    properties = {**where, "title": f"{problem.title} ({problem.severity})"}
    return workflow_command(command, properties, f"{problem.verdict}: {problem.message}")


def gitlab(model: ReportModel, *, policy_file: str | None = None, checkout: Checkout | None = None) -> str:
    """A code quality report: a JSON list in which every fingerprint is unique."""
    spots = SourceLocations(model, policy_file, checkout)
    found = problems(model)
    entries = {problem.key: _entry(problem, spots) for problem in found[:MOST]}
    if len(found) > MOST:
        rest = Alert(
            code="more",
            title="More findings",
            verdict="warn",
            severity=found[MOST].severity,
            said=f"{count(len(found) - MOST, 'more row')}: see report.json",
            place=None,
            hosts=(),
            key="more",
            stops=found[MOST].stops,
        )
        entries["more"] = _entry(rest, spots)
    return encode(list(entries.values()))


def _entry(problem: Alert, spots: SourceLocations) -> dict[str, t.Any]:
    spot = spots.find(problem.place)
    return {
        "description": f"{problem.title}: {problem.message}",
        "check_name": problem.code,
        "fingerprint": problem.key,
        "severity": "info" if problem.verdict == "waived" or problem.stops is False else _SEVERITIES[problem.severity],
        "location": {"path": spot.file, "lines": {"begin": spot.line}},
    }
