# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Side by side: every contender once, in turn, round after round."""

from __future__ import annotations

import sys
import typing as t

Result = t.TypeVar("Result")


def interleaved(contenders: t.Mapping[str, t.Callable[[], Result]], *, rounds: int) -> dict[str, list[Result]]:
    """Run each contender once a round, so that what disturbs the machine meanwhile meets all of them."""
    results: dict[str, list[Result]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, run in contenders.items():
            say(f"  round {number + 1} of {rounds}: {name}")
            results[name].append(run())
    return results


def say(text: str) -> None:
    """Tell who waits what is being done, on standard error."""
    print(text, file=sys.stderr, flush=True)
