# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about the controls that a rule names. A catalogue is never complete: they stay warnings, in strict too."""

from __future__ import annotations

import typing as t

from .._controls._catalogue import Catalogue
from .._policy._policy_model import Rule
from ._remark import Remark, about


def control_remarks(rule: Rule, catalogue: Catalogue) -> t.Iterator[Remark]:
    """Controls that look like those of the catalogue and are not. A framework of one's own gives none."""
    for control in dict.fromkeys(rule.controls):
        doubt = catalogue.doubt(control.framework, control.version, control.id)
        if doubt:
            named = f"{control.framework} {control.version} {control.id}"
            yield about(rule, "unknown-control", f"names the control {named}: {doubt}")
