# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook, and what its main process had resident at most, in bytes. Arguments: a file for that, its own."""

from __future__ import annotations

import os
import pathlib
import re
import sys

from ansible.cli.playbook import main

report = pathlib.Path(sys.argv[1])
sys.argv = ["ansible-playbook", *sys.argv[2:]]
process = os.getpid()
try:
    main()
finally:
    if os.getpid() == process:  # the workers are forks of it, and not what is asked for
        peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path("/proc/self/status").read_text(encoding="utf-8"))
        report.write_text(str(int(peak[1]) * 1024 if peak else 0), encoding="utf-8")
