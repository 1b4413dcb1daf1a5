# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a module ended without an answer: the line of its output that tells."""

from __future__ import annotations

import typing as t


def telling(rc: t.Any, stdout: str, stderr: str) -> str:
    """One sentence with the line that names the cause."""
    lines = [line.strip() for line in (*stdout.splitlines(), *stderr.splitlines()) if line.strip()]
    ended = f"the module ended without an answer, exit status {rc}"
    return f"{ended}: {lines[-1]}" if lines else ended
