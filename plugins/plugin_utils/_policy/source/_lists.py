# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes that raw values share: one thing or a list of them."""

from __future__ import annotations

import typing as t

from .._policy_errors import Path


def listed(raw: t.Any) -> list[t.Any]:
    """The list that a value is, or is one of; nothing: an empty list."""
    if raw is None:
        return []
    return raw if isinstance(raw, list) else [raw]


def placed(raw: t.Any, path: Path) -> list[tuple[t.Any, Path]]:
    """The same, each with its path."""
    if isinstance(raw, list):
        return [(item, (*path, index)) for index, item in enumerate(raw)]
    return [] if raw is None else [(raw, path)]


def mappings(raw: t.Any, path: Path) -> list[tuple[dict[str, t.Any], Path]]:
    """The mappings of a list, with their paths; what else stands there is for the schema to report."""
    return [(item, at) for item, at in placed(raw, path) if isinstance(item, dict)] if isinstance(raw, list) else []
