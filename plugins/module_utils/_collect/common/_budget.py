# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much CPU and time the collector may use."""

from __future__ import annotations

import time
import typing as t

NICE = 19  # an audit waits for everything else


class Budget:
    """Limits in seconds, counted from the making of the object: CPU of this process, and time on the wall."""

    def __init__(
        self,
        *,
        cpu: float,
        wall: float,
        cpu_clock: t.Callable[[], float] = time.process_time,
        wall_clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self.cpu = cpu
        self.wall = wall
        self._cpu_clock = cpu_clock
        self._wall_clock = wall_clock
        self._soonest = min(cpu, wall)
        self._cpu_start = cpu_clock()
        self._wall_start = wall_clock()

    @property
    def cpu_used(self) -> float:
        return self._cpu_clock() - self._cpu_start

    @property
    def wall_used(self) -> float:
        return self._wall_clock() - self._wall_start

    @property
    def wall_left(self) -> float:
        return max(0.0, self.wall - self.wall_used)

    def spent(self) -> t.Optional[str]:
        """The gap's code when a limit is reached, else None.

        This process has one thread, so it never uses more CPU than time passes, and that clock costs no system call.
        """
        if self.wall_used < self._soonest:
            return None
        if self.cpu_used >= self.cpu:
            return "budget"
        if self.wall_used >= self.wall:
            return "wall-limit"
        return None
