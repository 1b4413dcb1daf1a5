# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads a BPF program that lets every connection go its way, and attaches it to a network namespace."""

from __future__ import annotations

import ctypes
import os
import struct

PROG_LOAD, LINK_CREATE = 5, 28
SK_LOOKUP_PROGRAM, SK_LOOKUP = 30, 36
CALL = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
LIBC = ctypes.CDLL(None, use_errno=True)
# r0 = 1 (SK_PASS); exit
INSTRUCTIONS = struct.pack("=BBhi", 0xB7, 0, 0, 1) + struct.pack("=BBhi", 0x95, 0, 0, 0)


def bpf(command: int, attributes: bytes) -> int:
    text = ctypes.create_string_buffer(attributes, len(attributes))
    result = LIBC.syscall(CALL, command, text, len(attributes))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)


def attach(namespace: int) -> int:
    """Returns the descriptor that keeps it attached."""
    code = ctypes.create_string_buffer(INSTRUCTIONS, len(INSTRUCTIONS))
    licence = ctypes.create_string_buffer(b"GPL")
    load = bytearray(128)
    struct.pack_into("=IIQQ", load, 0, SK_LOOKUP_PROGRAM, 2, ctypes.addressof(code), ctypes.addressof(licence))
    struct.pack_into("=I", load, 68, SK_LOOKUP)  # expected_attach_type
    program = bpf(PROG_LOAD, bytes(load))
    return bpf(LINK_CREATE, struct.pack("=IIII", program, namespace, SK_LOOKUP, 0))
