# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run of this suite: what was audited, and at what cost."""

from __future__ import annotations

import collections
import typing as t

from .shell import Shell
from .speed import Cost

_SYSTEM = """
. /etc/os-release
echo "$PRETTY_NAME"
uname -r
systemctl --version | sed -n '1s/.*(\\(.*\\))/\\1/p'
python3 -c 'import platform; print(platform.python_version())'
"""


class Record:
    """``lines`` are for people, ``document`` is for the file in the results."""

    def __init__(
        self, shell: Shell, costs: t.Mapping[str, Cost], evidence: t.Mapping[str, t.Any], *, started_in: float
    ) -> None:
        names = ("system", "kernel", "systemd", "python")
        system = dict(zip(names, shell.run(_SYSTEM).splitlines(), strict=True))
        listeners = collections.Counter(item["protocol"] for item in evidence["listeners"])
        self.document: dict[str, t.Any] = {
            **system,
            "listeners": dict(sorted(listeners.items())),
            "seconds from the saved memory to a shell": round(started_in, 1),
            "seconds of tasks": {name: cost._asdict() for name, cost in costs.items()},
            "collector in": _ratios(costs),
        }

    @property
    def row(self) -> str:
        """The row of the table in docs/what-is-seen.md; versions without what changes with updates of Debian."""
        of = self.document
        kernel, python = (".".join(of[name].split(".")[:2]) for name in ("kernel", "python"))
        cells = (of["system"], kernel, of["systemd"].split(".")[0], python, ", ".join(of["listeners"]))
        return f"| {' | '.join(cells)} |"

    @property
    def lines(self) -> list[str]:
        return [f"{name}: {value}" for name, value in self.document.items()]


def _ratios(costs: t.Mapping[str, Cost]) -> dict[str, dict[str, float]]:
    """How often each other task fits into the collector's, by wall and by CPU time."""
    own = costs["collector"]
    return {
        name: {"wall": round(own.wall / cost.wall, 1), "cpu": round(own.cpu / cost.cpu, 1)}
        for name, cost in costs.items()
        if name != "collector" and cost.wall > 0 and cost.cpu > 0
    }
