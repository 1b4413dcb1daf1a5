# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a TCP listener on loopback; write its port and this process to a file; end by itself after a while.

Arguments: the file, seconds.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time


def main() -> None:
    path, seconds = sys.argv[1], float(sys.argv[2])
    with socket.create_server(("127.0.0.1", 0)) as held:
        with open(path + ".new", "w", encoding="utf-8") as stream:
            json.dump({"port": held.getsockname()[1], "pid": os.getpid()}, stream)
        os.rename(path + ".new", path)
        time.sleep(seconds)


main()
