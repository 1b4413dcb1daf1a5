# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module that fits the host: Linux's, that of other Unix systems, or PowerShell on Windows."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import argument_spec
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._host_answer import AskingAction
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._run_collector import collect
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import fit

Result = dict[str, t.Any]


class ActionModule(AskingAction):
    """See the documentation in modules/listening_sockets_info.py."""

    TRANSFERS_FILES = False
    _requires_connection = True
    _supports_async = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=argument_spec())
        options = {name: arguments[name] for name in argument_spec()}
        answer = collect(self, options, task_vars or {})
        result.update({"changed": False, **fit(answer), **self.own_words(answer)})
        return result
