# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire protocol against a kernel that misbehaves in every way that kernels do."""

from __future__ import annotations

import errno
import socket
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import message, recorded

KERNEL = (0, 0)
DONE = struct.pack("=i", 0)


class Kernel:
    """Answers each dump with the next script: a list of bytes, tuples for recvmsg, or OSError to raise."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.sent = []
        self.opened = 0
        self.closed = 0

    def __call__(self, protocol):
        self.opened += 1
        script = self.scripts.pop(0)
        if isinstance(script, OSError):
            raise script
        self.answers = iter(script)
        return self

    def send(self, data):
        self.sent.append(data)
        return len(data)

    def recvmsg(self, size):
        answer = next(self.answers)
        if isinstance(answer, OSError):
            raise answer
        return answer if isinstance(answer, tuple) else (answer, [], 0, KERNEL)

    def close(self):
        self.closed += 1


def dump(kernel):
    return _wire.dump(_wire.SOCK_DIAG, 20, b"request!", connect=kernel)


def test_request_on_the_wire():
    kernel = Kernel([message(3, DONE)])
    dump(kernel)
    assert kernel.sent == [struct.pack("=IHHII", 24, 20, 0x301, 1, 0) + b"request!"]
    assert kernel.closed == 1


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param([message(3, DONE)], [], id="empty"),
        pytest.param(
            [message(20, b"one!"), message(20, b"two!") + message(3, DONE)], [b"one!", b"two!"], id="two reads"
        ),
        pytest.param([message(20, b"odd") + message(20, b"next") + message(3, DONE)], [b"odd", b"next"], id="padded"),
        pytest.param([message(1) + message(20, b"data") + message(3, DONE)], [b"data"], id="NOOP"),
        pytest.param(
            [(message(20, b"evil"), [], 0, (4711, 0)), message(20, b"good") + message(3, DONE)],
            [b"good"],
            id="sent by a process",
        ),
        pytest.param(
            [message(20, b"old!", sequence=99) + message(3, struct.pack("=i", -1), sequence=99), message(3, DONE)],
            [],
            id="answer to another request",
        ),
        pytest.param([message(3, DONE + b"\1\0\0\0")], [], id="DONE with extended acknowledgement"),
    ],
)
def test_whole_dump(script, expected):
    assert dump(Kernel(script)) == expected


@pytest.mark.parametrize(
    ("script", "code", "number"),
    [
        pytest.param(
            [message(20, b"data") + message(3, struct.pack("=i", -2))], "dump-refused", errno.ENOENT, id="DONE"
        ),
        pytest.param([message(2, struct.pack("=i", -1) + b"\0" * 16)], "dump-refused", errno.EPERM, id="ERROR"),
        pytest.param([message(2, struct.pack("=i", -95))], "dump-refused", errno.EOPNOTSUPP, id="EOPNOTSUPP"),
        pytest.param([message(3)], "malformed", 0, id="DONE without a number"),
        pytest.param([message(2, b"\0")], "malformed", 0, id="ERROR cut short"),
        pytest.param([message(20, b"data") + b"\0\0\0\0"], "malformed", 0, id="half a header"),
        pytest.param([message(20, b"datadata")[:-4]], "malformed", 0, id="longer than what came"),
        pytest.param([struct.pack("=IHHII", 8, 20, 2, 1, 0)], "malformed", 0, id="shorter than its header"),
        pytest.param([b""], "malformed", 0, id="end of file"),
        pytest.param([(message(3, DONE), [], socket.MSG_TRUNC, KERNEL)], "truncated", 0, id="did not fit"),
        pytest.param([OSError(errno.EACCES, "no")], "dump-refused", errno.EACCES, id="refused when reading"),
        pytest.param([socket.timeout("timed out")], "dump-refused", errno.ETIMEDOUT, id="no answer"),
    ],
)
def test_dump_that_is_not_whole(script, code, number):
    kernel = Kernel(script)
    with pytest.raises(_wire.NetlinkError) as caught:
        dump(kernel)
    assert (caught.value.code, caught.value.errno) == (code, number)
    assert kernel.closed == 1


@pytest.mark.parametrize("number", [errno.EPERM, errno.EPROTONOSUPPORT])
def test_socket_refused(number):
    with pytest.raises(_wire.NetlinkError) as caught:
        dump(Kernel(OSError(number, "no")))
    assert caught.value.errno == number


DISTURBED = [
    pytest.param([message(20, b"old!", flags=0x12), message(3, DONE)], id="DUMP_INTR on a part"),
    pytest.param([message(20, b"old!") + message(3, DONE, flags=0x12)], id="DUMP_INTR on DONE"),
    pytest.param([message(20, b"old!"), OSError(errno.ENOBUFS, "lost")], id="ENOBUFS when reading"),
    pytest.param([message(3, struct.pack("=i", -errno.ENOBUFS))], id="ENOBUFS in DONE"),
    pytest.param([message(20, b"old!") + message(4)], id="OVERRUN"),
    pytest.param([message(2, struct.pack("=i", -errno.EINTR))], id="EINTR in ERROR"),
    pytest.param([message(20, b"old!"), OSError(errno.EINTR, "interrupted")], id="EINTR when reading"),
]


@pytest.mark.parametrize("script", DISTURBED)
def test_disturbed_dump_is_repeated(script):
    kernel = Kernel(script, [message(20, b"new!", sequence=2) + message(3, DONE, sequence=2)])
    assert dump(kernel) == [b"new!"]
    assert (kernel.opened, kernel.closed) == (2, 2)


def test_socket_without_memory_is_tried_again():
    kernel = Kernel(OSError(errno.ENOBUFS, "lost"), [message(3, DONE, sequence=2)])
    assert dump(kernel) == []


def test_disturbed_for_ever():
    scripts = [[message(3, DONE, flags=0x12, sequence=attempt)] for attempt in range(1, 6)]
    kernel = Kernel(*scripts)
    with pytest.raises(_wire.NetlinkError) as caught:
        dump(kernel)
    assert caught.value.code == "dump-interrupted"
    assert kernel.opened == _wire.ATTEMPTS


def test_recorded_refusal_comes_as_done():
    data = recorded("refused")
    assert [m.kind for m in _wire.messages(data)] == [_wire.DONE]
    with pytest.raises(_wire.NetlinkError) as caught:
        dump(Kernel([data]))
    assert caught.value.errno == errno.ENOENT


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", {}, id="none"),
        pytest.param(b"\x05\0\x0b\0\x01\0\0\0", {11: b"\x01"}, id="padded"),
        pytest.param(b"\x05\0\x0b\0\x01", {11: b"\x01"}, id="last without padding"),
        pytest.param(b"\x04\0\x01\0\x05\0\x02\0\x07\0\0\0", {1: b"", 2: b"\x07"}, id="empty value"),
        pytest.param(b"\x05\0\x02\x80\x07\0\0\0", {2: b"\x07"}, id="nested flag"),
        pytest.param(b"\x05\0\x02\0\x07\0\0\0\0\0", {2: b"\x07"}, id="bytes left over"),
    ],
)
def test_attributes(data, expected):
    assert _wire.attributes(data) == expected


@pytest.mark.parametrize("data", [b"\x03\0\x01\0", b"\x09\0\x01\0\0\0\0\0", b"\0\0\0\0"])
def test_attributes_that_do_not_fit(data):
    with pytest.raises(_wire.NetlinkError, match="an attribute of"):
        _wire.attributes(data)


def test_attribute_is_packed_with_padding():
    packed = _wire.pack_attribute(3, b"abcde")
    assert packed == b"\x09\0\x03\0abcde\0\0\0"
    assert _wire.attributes(packed) == {3: b"abcde"}


def test_every_truncation_of_a_recorded_dump_is_an_error():
    data = recorded("tcp_ipv6")
    for end in range(1, len(data)):
        with pytest.raises((_wire.NetlinkError, StopIteration)):
            dump(Kernel([data[:end]]))
