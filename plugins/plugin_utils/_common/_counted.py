# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers with their noun."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """``1 host``, ``2 hosts``, ``10,000 hosts``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
