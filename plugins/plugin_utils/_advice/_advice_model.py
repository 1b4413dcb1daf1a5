# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about a finding: words, commands and the rule that would approve it."""

from __future__ import annotations

import dataclasses
import typing as t


class Command(t.NamedTuple):
    """A line for a shell of the host, which needs no more quoting than it has. ``what`` it does, in a few words."""

    what: str
    line: str


@dataclasses.dataclass(frozen=True)
class Advice:
    """``text``: what to do, in sentences; ``own``: whether the rule says so itself, and not the code.

    ``runbook``: as the policy has it; ``url``: the same where it is a link that may be shown as one. ``narrower``: how
    to bind it to fewer addresses. ``rule``: lines of YAML, an item of ``rules``; none where no rule can or should
    approve it.
    """

    text: str
    own: bool = False
    runbook: str | None = None
    url: str | None = None
    narrower: str | None = None
    commands: tuple[Command, ...] = ()
    rule: tuple[str, ...] = ()

    @property
    def specific(self) -> bool:
        """Whether it says more than the code alone does."""
        return bool(self.own or self.runbook or self.narrower or self.commands or self.rule)


NO_ADVICE = Advice("")
