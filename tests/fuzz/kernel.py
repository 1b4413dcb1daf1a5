# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of a kernel, and one that gives them."""

from __future__ import annotations

import struct
import typing as t

from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import FIXTURES

RECORDED = {path.stem: path.read_bytes() for path in sorted(FIXTURES.glob("*.bin"))}
SOCKETS = {name: raw for name, raw in RECORDED.items() if name.startswith(("tcp", "udp", "mptcp"))}


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
