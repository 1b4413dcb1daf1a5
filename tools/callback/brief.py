# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make audit`` shows of Ansible's work: failures, one line each. The audit's own summary says the rest."""

from __future__ import annotations

import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: brief
type: stdout
short_description: Failures only
description:
  - Prints one line for each host that failed or could not be reached, and nothing for what went well.
"""


class CallbackModule(CallbackBase):
    """A stdout callback for people who want the audit's answer, not the tasks that led to it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "brief"

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """A task failed: the policy is wrong, a host could not be collected from, or the gate closed."""
        self._tell(result, "failed")

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """A host could not be reached, or the gate says so of one that nobody saw."""
        self._tell(result, "unreachable")

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """The audit has nothing to do."""
        self._display.error("no host of the inventory matches", wrap_text=False)

    def _tell(self, result: t.Any, kind: str) -> None:
        answer: t.Mapping[str, t.Any] = result._result
        words = str(answer.get("msg") or answer.get("module_stderr") or answer).strip()
        self._display.display(f"{result._host.get_name()}: {kind}: {words}", color="red", stderr=True)
        for reason in answer.get("reasons", ()):
            self._display.display(f"    {reason}", stderr=True)
