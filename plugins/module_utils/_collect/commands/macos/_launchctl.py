# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""launchctl(1): which launchd job a process is, as macOS's counterpart of a systemd unit.

``launchctl list`` shows the system's jobs to root and the user's own to anybody else. Users name their own agents
freely, so that only root's answer may stand for a unit.
"""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool


def labels(run: _tool.Run) -> t.Dict[int, str]:
    """Labels of running jobs by pid. Raises ToolError."""
    answer = run("launchctl", "list")
    if answer.status != 0:
        raise _tool.ToolError("tool-failed", _tool.worded("launchctl", answer))
    return parse(answer.stdout)


def parse(text: str) -> t.Dict[int, str]:
    """Read ``PID<tab>Status<tab>Label``; ``-`` is a job that does not run."""
    found = {}
    for line in text.splitlines():
        fields = line.split("\t", 2)
        pid = _tool.number(fields[0].strip())
        if len(fields) == 3 and pid is not None:
            found[pid] = fields[2].strip()
    return found
