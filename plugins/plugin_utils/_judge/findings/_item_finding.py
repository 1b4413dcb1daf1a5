# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about an item of a rule's ports, of which no listener speaks."""

from __future__ import annotations

from ..._policy._policy_model import PortItem
from .. import _listener_labels
from .._compiled_rules import CompiledRule
from .._judgement import Finding


def item_finding(  # noqa: PLR0913 - what differs between them, each by its name
    rule: CompiledRule, item: PortItem, *, code: str, verdict: str, host: str, message: str, expected: str, found: str
) -> Finding:
    """``message`` follows ``ssh (22/tcp): rule X ``."""
    return Finding(
        code=code,
        verdict=verdict,
        severity=rule.severity,
        message=f"{_listener_labels.item(item)}: rule {rule.id} {message}",
        host=host,
        protocol=item.protocol,
        port=item.first if item.first == item.last else None,
        port_label=item.label,
        rule=rule.id,
        expected=expected,
        found=found,
        place=rule.place,
        layer=rule.layer,
        controls=rule.controls,
    )
