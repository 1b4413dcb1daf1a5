# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give parsers inputs for a while, and print what broke them.

Usage: run.py [--seconds N] [--target NAME]... [--seed N] [--list]

The seconds are shared by the targets. A seed gives the same inputs again; without one it is new each time, and printed.
"""

from __future__ import annotations

import argparse
import pathlib
import secrets
import sys
import time

try:
    from ansible_collections.fleetports.compliance.tests.fuzz.engine import attempt, fuzz, smallest
except ImportError:  # run as a file: the collection is where make unit puts it
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".build" / "dev"))
    from ansible_collections.fleetports.compliance.tests.fuzz.engine import attempt, fuzz, smallest
from ansible_collections.fleetports.compliance.tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> int:
    """Returns the exit code: 1 when something broke."""
    given = _parser().parse_args(arguments)
    if given.list:
        print("\n".join(TARGETS))
        return 0
    names = given.target or list(TARGETS)
    seed = secrets.randbits(32) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    broken = [name for name in names if not _one(name, seed=seed, seconds=given.seconds / len(names))]
    print(
        f"{len(names) - len(broken)} of {len(names)} targets held"
        + (f"; broken: {', '.join(broken)}" if broken else "")
    )
    return int(bool(broken))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--target", action="append", choices=list(TARGETS))
    parser.add_argument("--seed", type=int)
    parser.add_argument("--list", action="store_true")
    return parser


def _one(name: str, *, seed: int, seconds: float) -> bool:
    begun = time.monotonic()
    count, failure = fuzz(TARGETS[name], seed=seed, seconds=seconds)
    print(f"{name:<18} {count:>10,} inputs, {count / max(time.monotonic() - begun, 0.001):>8,.0f} a second", flush=True)
    if failure is None:
        return True
    short = smallest(TARGETS[name], failure.given)
    print(f"\n{name} broke on {short[:2000]!r}\n{attempt(TARGETS[name], short) or failure.said}", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
