# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of a kernel, and what becomes of them when bytes change, are lost or come twice."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.tests.fuzz.kernel import RECORDED, SOCKETS, Kernel
from ansible_collections.fleetports.compliance.tests.fuzz.mutate import edited
from hypothesis import strategies as st

__all__ = ("RECORDED", "SOCKETS", "Kernel", "mutated")

_PLACE = st.integers(0, 4000)
_EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), _PLACE, st.binary(min_size=1, max_size=1)),
        st.tuples(
            st.just("word"), _PLACE, st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\4\0\0\0", b"\x10\0\0\0"])
        ),
        st.tuples(st.just("cut"), _PLACE, st.just(b"")),
        st.tuples(st.just("drop"), _PLACE, st.binary(min_size=1, max_size=4)),
        st.tuples(st.just("insert"), _PLACE, st.binary(min_size=1, max_size=8)),
        st.tuples(st.just("twice"), _PLACE, st.just(b"")),
    ),
    min_size=1,
    max_size=6,
)


def mutated(recordings: t.Mapping[str, bytes]) -> st.SearchStrategy[bytes]:
    """One of the recordings, changed."""
    return st.builds(edited, st.sampled_from(sorted(recordings.values())), _EDITS)
