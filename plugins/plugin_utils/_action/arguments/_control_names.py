# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument that names controls: reports speak of them, whatever rules name.

Apart from what every action shares, for the audit of a host has no use for the catalogue.
"""

from __future__ import annotations

from ..._controls._catalogue import Catalogue
from ..._controls._control import CatalogueControl
from ..._controls._control_choices import ControlsProblem, read_controls
from .._base import Arguments, TaskRefused

CONTROLS = {"controls": {"type": "list", "elements": "raw", "default": []}}


def asked_controls(arguments: Arguments) -> tuple[CatalogueControl, ...]:
    """The controls that are asked for. Raises Refused."""
    try:
        return read_controls(arguments["controls"], Catalogue.load())
    except ControlsProblem as error:
        raise TaskRefused(f"port_audit_controls: {error}") from error
