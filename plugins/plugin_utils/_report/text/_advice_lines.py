# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice as plain lines, for formats that have text and nothing else."""

from __future__ import annotations

import typing as t

from ..._advice._advice_model import Advice
from ..._common._printable import said

_SHORT = 300


def lines(advice: Advice, *, whole: bool = True) -> t.Iterator[str]:
    """What to do, line by line. Not ``whole``: what a rule of the policy says itself, shortened, and nothing else."""
    if advice.text and (whole or advice.own):
        yield f"what to do: {advice.text if whole else said(advice.text, limit=_SHORT)}"
    if advice.runbook:
        yield f"runbook: {advice.runbook if whole else said(advice.runbook, limit=_SHORT)}"
    if not whole:
        return
    if advice.narrower:
        yield f"to bind it narrower: {advice.narrower}"
    for command in advice.commands:
        yield f"{command.what}: {command.line}"
    if advice.rule:
        yield "a rule that would approve it:"
        yield from advice.rule


def as_data(advice: Advice) -> dict[str, t.Any]:
    """The same as plain JSON types."""
    return {
        "text": advice.text,
        "own": advice.own,
        "runbook": advice.runbook,
        "narrower": advice.narrower,
        "commands": [command._asdict() for command in advice.commands],
        "rule": "\n".join(advice.rule) + "\n" if advice.rule else None,
    }
