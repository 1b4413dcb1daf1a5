# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong with an option, in words for the person who set it."""

from __future__ import annotations


class OptionProblem(Exception):
    """An option that cannot be used; the text names it, says what was found and what to write."""
