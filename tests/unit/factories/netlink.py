# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of netlink as a kernel sends them, recorded and made, and kernels that send them."""

from __future__ import annotations

import pathlib
import struct

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire

FIXTURES = pathlib.Path(__file__).parents[1] / "plugins" / "module_utils" / "_collect" / "fixtures"


def message(kind, payload=b"", *, flags=2, sequence=1):
    """One message, padded; unless told a part of an answer in several (NLM_F_MULTI)."""
    data = struct.pack("=IHHII", 16 + len(payload), kind, flags, sequence, 0) + payload
    return data + b"\0" * (-len(data) % 4)


DONE = message(3, struct.pack("=i", 0))


def refusal(number, *, kind=2):
    """An errno instead of an answer, as NLMSG_ERROR (2) or NLMSG_DONE (3)."""
    return message(kind, struct.pack("=i", -number))


def attribute(kind, value):
    """An attribute of a message, from bytes or a number of 32 bits."""
    return _wire.pack_attribute(kind, value if isinstance(value, bytes) else struct.pack("=I", value))


def recorded(name):
    """What a kernel answered; see ``record.py`` beside the recordings."""
    return (FIXTURES / (name + ".bin")).read_bytes()


class Kernel:
    """Stands for the kernel behind a netlink socket, and for what opens one.

    ``answer`` is for the tests to write: what comes back for a request, as bytes or as an errno. What does not end
    with DONE is given that end. ``REFUSES_BY``: the kind of message that an errno comes in.
    """

    REFUSES_BY = 2

    def answer(self, request):
        raise NotImplementedError

    def __call__(self, protocol):
        self.protocol = protocol
        return self

    def send(self, data):
        self.answered = self.answer(data)
        return len(data)

    def recvmsg(self, _size):
        answered = self.answered
        if isinstance(answered, int):
            return refusal(answered, kind=self.REFUSES_BY), [], 0, (0, 0)
        return answered if answered.endswith(DONE) else answered + DONE, [], 0, (0, 0)

    def close(self):
        pass


class ByKind(Kernel):
    """Answers by type of message; an int is an errno."""

    def __init__(self, **answers):
        self.answers = answers

    def answer(self, request):
        return self.answers.get("k%d" % struct.unpack_from("=H", request, 4)[0], b"")


def link(kind, index=7, data=b""):
    """One RTM_NEWLINK of a device of a kind; ``data``: what the kind says of it."""
    info = attribute(1, kind + b"\0") + attribute(2, data)
    return message(16, struct.pack("=BxHiII", 0, 0, index, 0, 0) + attribute(3, b"x0\0") + attribute(18, info))
