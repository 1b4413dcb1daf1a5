# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong while a report is rendered."""

from __future__ import annotations


class TemplateProblem(Exception):
    """A template is missing or broken; the text names it, its line and what is wrong."""


class FormatProblem(Exception):
    """A format that was asked for is not one of ours, or not in this way; the text says which and what to write."""
