# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection gets wrong on this machine today, each with the sentence of issue 14 that it belongs to.

Tests hold it to that: whoever mends one takes it away here.
"""

from __future__ import annotations

KNOWN: dict[str, dict[str, str]] = {
    "seen": {},
    "verdict": {},
    "reach": {},
    "plain": {},
    "plain verdict": {},
    "place": {},
    "before": {},
    "after": {},
    "verdict before and after": {},
    "drift": {},
    "restart": {},
    "reboot": {},
    "suggest": {},
}
