# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every target for a moment, all of them together for four seconds; ``make fuzz`` gives them longer."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.tests.fuzz.engine import Target, attempt, fuzz, smallest
from ansible_collections.fleetports.compliance.tests.fuzz.mutate import Mutator
from ansible_collections.fleetports.compliance.tests.fuzz.targets import TARGETS

SECONDS = 4
SEED = 20261129


@pytest.mark.parametrize("name", TARGETS)
def test_only_the_documented_error_comes_out(name: str) -> None:
    """The first inputs of the seed are the same on any machine, and as many as it has time for."""
    _count, failure = fuzz(TARGETS[name], seed=SEED, seconds=SECONDS / len(TARGETS))
    assert failure is None, str(failure)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_right_is_taken(name: str) -> None:
    """A corpus that no parser accepts would test their first line alone."""
    target = TARGETS[name]
    taken = 0
    for given in target.corpus:
        try:
            target.run(given)
        except target.errors:
            continue
        taken += 1
    assert taken


def test_the_same_seed_gives_the_same_inputs() -> None:
    corpus = TARGETS["evidence"].corpus
    one, again, other = (Mutator(seed, corpus) for seed in ("a", "a", "b"))
    first = [one.input() for _number in range(200)]
    assert first == [again.input() for _number in range(200)]
    assert first != [other.input() for _number in range(200)]


def test_a_bug_is_found_and_made_small() -> None:
    def careless(given: bytes) -> None:
        if b"x" in given:
            int(given.decode("latin-1"))

    target = Target("careless", careless, [b"there is an x in this"], ())
    _count, failure = fuzz(target, seed=1, seconds=5)
    assert failure is not None
    assert "ValueError" in failure.said
    assert smallest(target, failure.given) == b"x"


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.fleetports.compliance.tests.fuzz.engine.LIMIT", 0.05)

    def endless(_given: bytes) -> None:
        while True:
            pass

    assert "longer than" in str(attempt(Target("endless", endless, [b""]), b""))
