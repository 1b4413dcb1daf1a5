# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of what reads a host, searched for counter-examples."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The same examples in every run, and nothing left in the project: a failure shows its example, which becomes an
# @example beside the test.
settings.register_profile(
    "project",
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")
