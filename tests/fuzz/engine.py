# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run targets with inputs that nobody would write: what comes out is their documented error, in time, or a bug."""

from __future__ import annotations

import dataclasses
import signal
import time
import traceback
import typing as t

from .mutate import Mutator

LIMIT = 5.0  # seconds that one input may take


@dataclasses.dataclass(frozen=True)
class Target:
    """A parser. ``errors``: those that it says it raises. ``run`` may also hold its answer to what always holds."""

    name: str
    run: t.Callable[[bytes], object]
    corpus: t.Sequence[bytes]
    errors: tuple[type[Exception], ...] = ()
    words: t.Sequence[bytes] = ()


@dataclasses.dataclass(frozen=True)
class Failure:
    """An input that brought something else out."""

    target: str
    seed: int
    given: bytes
    said: str

    def __str__(self) -> str:
        return f"{self.target}, seed {self.seed}: {self.given[:2000]!r}\n{self.said}"


class Hang(BaseException):
    """An input that takes longer than LIMIT; no parser may catch it."""


def fuzz(target: Target, *, seed: int, seconds: float, most: int | None = None) -> tuple[int, Failure | None]:
    """Give a target inputs until the time is over, or ``most`` of them; how many it had, and the first that failed."""
    mutator = Mutator(f"{target.name} {seed}", target.corpus, target.words)
    end = time.monotonic() + seconds
    count = 0
    while count == 0 or (time.monotonic() < end and (most is None or count < most)):
        given = mutator.input()
        said = attempt(target, given)
        count += 1
        if said is not None:
            return count, Failure(target.name, seed, given, said)
    return count, None


def attempt(target: Target, given: bytes) -> str | None:
    """What is wrong with what a target makes of an input; None when nothing is."""
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        target.run(given)
    except target.errors:
        return None
    except Exception:  # noqa: BLE001 - whatever it is, it is the bug
        return traceback.format_exc()
    except Hang:
        return f"it took longer than {LIMIT:.0f} s\n{traceback.format_exc()}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return None


def _too_long(_signal: int, _frame: object) -> t.NoReturn:
    raise Hang


def smallest(target: Target, given: bytes) -> bytes:
    """A shorter input that fails in the same way, by leaving parts out."""
    wanted = _kind(attempt(target, given))
    size = len(given) // 2
    while size:
        at = 0
        while at < len(given):
            shorter = given[:at] + given[at + size :]
            if _kind(attempt(target, shorter)) == wanted:
                given = shorter
            else:
                at += size
        size //= 2
    return given


def _kind(said: str | None) -> str | None:
    """The exception and where it came from."""
    if said is None:
        return None
    lines = [line for line in said.splitlines() if line.strip().startswith("File ")]
    return f"{lines[-1] if lines else ''} {said.rstrip().splitlines()[-1].partition(':')[0]}"
