# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once per run: is the policy valid; open the run. Contacts no host."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    OUTPUT,
    POLICY,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
    moment,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._controls import CONTROLS, asked_controls
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._gate_rules import FAIL_ON, gate_rules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._limits import (
    MAX_UNREACHABLE,
    STAND_IN,
    search,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._reference import REFERENCE, reference
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._run_record import open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._canonical import to_json
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._choices import DEFAULT, read_choices
from ansible_collections.fleetports.compliance.plugins.plugin_utils._run import RUN_ID

_INLINE_RULES = 100


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_check.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        **OUTPUT,
        "as_of": {"type": "str"},
        "formats": {"type": "list", "elements": "raw", "default": list(DEFAULT)},
        **FAIL_ON,
        **CONTROLS,
        **REFERENCE,
        **MAX_UNREACHABLE,
        **STAND_IN,
        **VERIFY,
        "options": {"type": "dict", "default": {}},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        moment(arguments["as_of"])
        read_choices(arguments["formats"])
        asked_controls(arguments)
        reference(arguments, run_id=RUN_ID)
        gate_rules(arguments)
        search(arguments)
        policy = self.policy(arguments)
        directory = self.run_directory(arguments)
        record = open_run(directory, task_vars, options=arguments["options"])
        directory.write_policy(lambda: to_json(policy), sha256=policy.sha256)
        return {
            "policy": {"name": policy.name, "sha256": policy.sha256, "sources": list(policy.sources)},
            "rules": len(policy.rules),
            "waivers": len(policy.waivers),
            "run_id": record.id,
            "run_directory": directory.path,
            "hosts": len(record.expected),
            "left_out": len(record.left_out),
            **_advice(arguments["policy"]),
        }


def _advice(source: t.Any) -> Result:
    """Ansible templates an inline policy again for every host; at this size that costs more than the audit."""
    layers = source if isinstance(source, list) else [source]
    rules = sum(len(layer.get("rules") or ()) for layer in layers if isinstance(layer, t.Mapping))
    if rules <= _INLINE_RULES:
        return {}
    return {"warnings": [f"Inline policies have {rules} rules, templated once per host. Put it into a file."]}
