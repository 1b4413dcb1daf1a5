# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of a host, played from what they print. Written after their documentation, not recorded."""

from __future__ import annotations

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool


class Commands:
    """Stands for the machine: answers by the beginning of the command line, the longest that fits. What is not there
    is no command of the host. An answer may be an exception, to be raised.
    """

    def __init__(self, **answers):
        self.answers = {}
        self.ran = []
        for name, answer in answers.items():
            self.add(name, answer)

    def add(self, line, answer):
        self.answers[line] = answer if not isinstance(answer, str) else _tool.ToolAnswer(answer)
        return self

    def __call__(self, name, *arguments):
        line = " ".join((name, *arguments))
        self.ran.append(line)
        fitting = [known for known in self.answers if (line + " ").startswith(known + " ")]
        if not fitting:
            raise _tool.ToolError("tool-missing", "%s: the host has no such command" % name)
        answer = self.answers[max(fitting, key=len)]
        if isinstance(answer, Exception):
            raise answer
        return answer


def fields(*sets):
    """lsof's field output: ``("p1 csshd u0 Lroot", "f3 tIPv4 PTCP n*:22")``; ``_`` stands for a space."""
    return "".join("".join(field.replace("_", " ") + "\0" for field in one.split()) + "\n" for one in sets)


LSOF_TCP = "lsof -nP -w -iTCP"
LSOF_UDP = "lsof -nP -w -iUDP"
LSOF_TXT = "lsof -nP -w -a -d txt"
FAILED = _tool.ToolAnswer("", "usage: not like this", 1)
