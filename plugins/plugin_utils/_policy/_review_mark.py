# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark of what a machine wrote into a policy and a person has to decide."""

from __future__ import annotations

REVIEW = "REVIEW"


def is_marked(text: str | None) -> bool:
    """Whether a field still waits for a person: it is ``REVIEW``, or starts with ``REVIEW:``."""
    return text is not None and (text == REVIEW or text.startswith(f"{REVIEW}:"))
