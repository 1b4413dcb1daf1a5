# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command to which the kernel refuses netlink, as container runtimes do: ``refuse.py ERRNO COMMAND...``."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
FILTER = 2  # SECCOMP_MODE_FILTER
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
NUMBER, FIRST_ARGUMENT = 0, 16  # in struct seccomp_data, of a little-endian machine
SOCKET = {"x86_64": 41, "aarch64": 198, "riscv64": 198}


def program(number: int) -> bytes:
    """socket(AF_NETLINK, …) fails with that errno, everything else is as it was."""
    lines = [
        (LOAD, 0, 0, NUMBER),
        (EQUALS, 0, 3, SOCKET[os.uname().machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUALS, 0, 1, socket.AF_NETLINK),
        (RETURN, 0, 0, ERRNO | number),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def main() -> None:
    code = program(int(sys.argv[1]))
    held = ctypes.create_string_buffer(code, len(code))
    pointer = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, FILTER, pointer, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606


if __name__ == "__main__":
    main()
