# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leave without taking the interpreter apart, once everything that has to happen at the end has happened.

Python frees every object before its process ends, and after a fork each page that this touches has to be copied or
claimed again: a tenth of a collector's CPU time, for memory that the kernel takes back in one go.
Runs on targets: Python 3.8+, standard library only.
"""

from __future__ import annotations

import atexit
import os
import sys


class LastExit:
    """Made before anything of the module is: what registers with atexit later runs before it.

    What registered earlier is left out. That is Python's own (logging, which nothing here uses) and a measurement of
    coverage, for which nothing is cut short.
    """

    def __init__(self) -> None:
        self._answered = False
        if "coverage" not in sys.modules:
            atexit.register(self._leave)

    def answered(self) -> None:
        """The module succeeds with what it prints next. Without this Python ends as ever, with its own exit code."""
        self._answered = True

    def _leave(self) -> None:
        # A traceback of the wrapper that ran the module has an exit code of its own.
        if not self._answered or hasattr(sys, "last_value"):
            return
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
