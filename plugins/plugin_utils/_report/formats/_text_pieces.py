# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that is handed out in pieces while it is written, so that a large file is never whole in memory."""

from __future__ import annotations

import io


def taken(buffer: io.StringIO) -> str:
    """What was written since it was asked last; the buffer is empty then."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
