# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pid 1 of the hub: says which pid it has on the machine, then reaps. All below it dies when it is killed."""

from __future__ import annotations

import os

import reaper

print(os.readlink("/proc/self"), flush=True)
reaper.reap()
