# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of a kernel, and what becomes of them when bytes change, are lost or come twice."""

from __future__ import annotations

import pathlib
import struct
import typing as t

from hypothesis import strategies as st

FIXTURES = pathlib.Path(__file__).parents[1] / "unit/plugins/module_utils/_collect/fixtures"
RECORDED = {path.stem: path.read_bytes() for path in sorted(FIXTURES.glob("*.bin"))}
SOCKETS = {name: raw for name, raw in RECORDED.items() if name.startswith(("tcp", "udp", "mptcp"))}

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


def _edited(raw: bytes, edits: t.Iterable[tuple[str, int, bytes]]) -> bytes:
    for kind, place, data in edits:
        at = place % (len(raw) + 1)
        if kind in ("flip", "word"):
            raw = raw[:at] + data + raw[at + len(data) :]
        elif kind == "cut":
            raw = raw[:at]
        elif kind == "drop":
            raw = raw[:at] + raw[at + len(data) :]
        elif kind == "insert":
            raw = raw[:at] + data + raw[at:]
        else:
            raw += raw[at:]
    return raw


def mutated(recordings: t.Mapping[str, bytes]) -> st.SearchStrategy[bytes]:
    """One of the recordings, changed."""
    return st.builds(_edited, st.sampled_from(sorted(recordings.values())), _EDITS)


class Kernel:
    """Answers every dump with the same bytes, and has nothing more to say then."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def __call__(self, protocol: int) -> Kernel:
        self.left = [self.answer, b""]
        return self

    def send(self, data: bytes) -> int:
        (self.sequence,) = struct.unpack_from("=I", data, 8)
        return len(data)

    def recvmsg(self, size: int) -> tuple[bytes, list[t.Any], int, tuple[int, int]]:
        return self.left.pop(0) if self.left else b"", [], 0, (0, 0)

    def close(self) -> None:
        pass
