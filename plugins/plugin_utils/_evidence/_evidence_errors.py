# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with evidence."""

from __future__ import annotations


class EvidenceError(Exception):
    """A run directory or a document in it cannot be written, read or believed; the text says which and why."""


class AlteredEvidence(Exception):
    """What a finished run left is not as it left it. It ends whatever reads it, and is no reason of one host.

    So it is no EvidenceError: those are caught host by host.
    """
