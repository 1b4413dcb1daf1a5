# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file system with one file, which dies at a word: ``fuse.py DIRECTORY FILE``. Runs as root.

It serves the file's content as ``DIRECTORY/service``. At a line on its input it goes on holding the mount and answers
no more, as a server that hangs does. Speaks the protocol of /dev/fuse (fuse(4), include/uapi/linux/fuse.h).
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import pathlib
import select
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT, INTERRUPT = 1, 2, 3, 14, 15, 18, 25, 26, 36
TOP, SERVICE = 1, 2
SILENT = (FORGET, INTERRUPT, 42)  # no answer is wanted; 42: BATCH_FORGET
_IN = struct.Struct("=IIQQIIII")
_ATTR = struct.Struct("=QQQQQQIIIIIIIIII")
_SIZE = 1 << 17


class Server:
    def __init__(self, directory: str, content: bytes) -> None:
        self._content = content
        self._device = os.open("/dev/fuse", os.O_RDWR)
        options = b"fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % self._device
        if ctypes.CDLL(None, use_errno=True).mount(b"scene", directory.encode(), b"fuse", 0, options):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def serve(self) -> None:
        """Answer until there is a line on the input."""
        while sys.stdin not in (ready := select.select([self._device, sys.stdin], [], [])[0]):
            assert ready
            data = os.read(self._device, _SIZE + 4096)
            _length, operation, unique, node = _IN.unpack_from(data)[:4]
            if operation not in SILENT:
                error, body = self._answer(operation, node, data[_IN.size :])
                os.write(self._device, struct.pack("=IiQ", 16 + len(body), -error, unique) + body)

    def _answer(self, operation: int, node: int, body: bytes) -> tuple[int, bytes]:
        if operation == INIT:
            return 0, struct.pack("=IIIIHHIIHHI28x", 7, 31, _SIZE, 0, 0, 0, _SIZE, 1, 0, 0, 0)
        if operation == LOOKUP:
            found = body.rstrip(b"\0") == b"service"
            # Nothing is valid for longer than the answer: each look asks again.
            return (0, struct.pack("=QQQQII", SERVICE, 0, 0, 0, 0, 0) + self._attr(SERVICE)) if found else (2, b"")
        if operation == GETATTR:
            return 0, struct.pack("=QII", 0, 0, 0) + self._attr(node)
        if operation == OPEN:
            return 0, struct.pack("=QII", 0, 2, 0)  # FOPEN_KEEP_CACHE
        if operation == READ:
            _handle, offset, size = struct.unpack_from("=QQI", body)
            return 0, self._content[offset : offset + size]
        return (0, b"") if operation in (RELEASE, FLUSH) else (errno.ENOSYS, b"")

    def _attr(self, node: int) -> bytes:
        mode, size = (stat.S_IFDIR, 0) if node == TOP else (stat.S_IFREG, len(self._content))
        return _ATTR.pack(node, size, size // 512, 0, 0, 0, 0, 0, 0, mode | 0o755, 1, 0, 0, 0, 4096, 0)


def main() -> None:
    server = Server(sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes())
    print(json.dumps({"pid": os.getpid()}), flush=True)
    server.serve()
    sys.stdin.readline()
    print(json.dumps({"hung": True}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
