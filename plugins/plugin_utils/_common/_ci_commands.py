# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflow commands, the lines that a step prints for GitHub to show beside a change.

They are escaped as actions/toolkit does it (packages/core/src/command.ts).
"""

from __future__ import annotations

import typing as t


def workflow_command(level: str, properties: t.Mapping[str, t.Any], message: str) -> str:
    """One line, ``::error file=policy.yml,line=4::message``; a property that is None is left out."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
