# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument that changes the known hazards: how grave findings are, and why."""

from __future__ import annotations

import typing as t

from ..._hazards._hazard_catalogue import HazardCatalogue
from ..._hazards._hazard_choices import HazardsProblem, read_hazards
from ..._hazards._known_hazards import Hazards
from .._base import TaskRefused

HAZARDS = {"hazards": {"type": "list", "elements": "raw", "default": []}}


def asked_hazards(arguments: t.Mapping[str, t.Any]) -> Hazards:
    """The bundled hazards with what is asked to be otherwise; arguments or options of a run. Raises TaskRefused."""
    changes = arguments.get("hazards")
    if not changes:
        return Hazards.bundled()
    try:
        return read_hazards(changes, HazardCatalogue.load())
    except HazardsProblem as error:
        raise TaskRefused(f"port_audit_hazards: {error}") from error
