# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of one rule: address, reach, state and process.

Each is true, false or unknown, and false beats unknown.
"""

from __future__ import annotations

from ....module_utils._socket import Listener
from ..._policy._policy_model import REACHES, Rule
from ._addresses import Networks
from ._state import PUBLISHED, condition

# What a rule answers about a listener that it selects: TRUE, UNKNOWN, or the conditions that failed, added up. The
# lowest that failed names the finding: wrong-address before excess-reach before wrong-owner.
TRUE = 0
ADDRESS = 1
REACH = 2
OWNER = 4
UNKNOWN = 8

FAILED = ADDRESS | REACH | OWNER
COUNT = {failed: failed.bit_count() for failed in range(UNKNOWN)}


class Conditions:
    """The compiled conditions of a rule. ``basis`` is what a pass by it rests on."""

    def __init__(self, rule: Rule) -> None:
        self.networks = Networks(rule.address) if rule.address else None
        self.widest = None if rule.reach is None else REACHES.index(rule.reach)
        self.process = condition(rule.process, rule.state)
        self.basis = self.process.basis if self.process else "port"

    def answer(self, listener: Listener, reach: int) -> int:
        """TRUE, UNKNOWN, or what failed. ``reach`` is the listener's, a position in REACHES."""
        failed = TRUE
        if self.networks is not None and not self.networks.contain(listener.address):
            failed |= ADDRESS
        if self.widest is not None and reach > self.widest:
            failed |= REACH
        if self.process is None:
            return failed
        holds = self.process.holds(listener)
        if holds is False:
            return failed | OWNER
        return failed or (TRUE if holds else UNKNOWN)

    def basis_of(self, listener: Listener) -> str:
        """What a pass of this listener rests on: where there is no socket, on nobody's identity."""
        return "port" if listener.state == PUBLISHED else self.basis
