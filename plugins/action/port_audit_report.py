# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once per run: read evidence, judge, build the model, render every asked format."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import ClosingRun, close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._fill_run_record import open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._gate_reminder import remind_at_end
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._open_run import REPORT_OPTIONS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._substitute_evidence import stand_in
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._write_reports import write_reports
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._control_names import (
    asked_controls,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._gate_option import gate_rules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._hazard_changes import (
    asked_hazards,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._limits import search
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._reference import reference
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID, iso, utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._read_evidence import last_seen
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._manifest import SUMS_FILE
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import (
    RUN_FILE,
    RunRecord,
    finish_run,
    write_record,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import hold, unheld
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import (
    VERDICTS_FILE,
    write_verdicts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._choice import Choice
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._console import summary
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices

_TEMPLATES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "roles", "port_audit", "templates"))
_CUT = (
    "The run {} was interrupted before its report: this report has only the evidence until then, without verified sums."
)


remind_at_end()  # in the main process, which imports this before it forks


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_report.py."""

    BYPASS_HOST_LOOP = True
    TAKES_PART = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **REPORT_OPTIONS,
        "run_id": {"type": "str"},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        choices = read_choices(arguments["formats"])
        controls, hazards = asked_controls(arguments), asked_hazards(arguments)
        rules = gate_rules(arguments)
        directory = self.run_directory(arguments)
        if arguments["run_id"] and not directory.exists():
            raise TaskRefused(f"There is no run {arguments['run_id']} in {directory.output}.")
        run = self.open_run
        ours = directory.run_id == RUN_ID or run is not None
        told = _on_trust(arguments, directory, ours=ours)
        earlier = reference(arguments, run_id=directory.run_id)
        record = self._record(arguments, task_vars, directory)
        cut = record.ended is None and not record.sources and not ours
        ended = record.ended or (last_seen(directory) if cut else None) or iso(utc_now())
        told += [_CUT.format(directory.run_id)] if cut else []
        unheld_runs = unheld(earlier.runs if earlier else ())
        record = record.trusting(*told, *unheld_runs.get("warnings", ()))
        closing = close(
            directory,
            record.closed(ended),
            gate=rules.fail_on,
            drift_gate=rules.fail_on_drift,
            reference=earlier,
            controls=controls,
            hazards=hazards,
            max_unreachable=rules.limit,
            policy_named=run.policy_named if run else rules.policy_named,
        )
        if ours:
            directory.remove(VERDICTS_FILE)  # should this report fail, the gate must not find that of an earlier one
        files = _write(directory, closing, choices, templates=[*arguments["template_dirs"], _TEMPLATES])
        finish_run(directory, record.closed(ended, policies=closing.policies))
        directory.point_latest()
        warnings = [*told, *unheld_runs.get("warnings", ())]
        return {
            **_returned(directory, closing, files),
            "verified": not warnings,
            **({"warnings": warnings} if warnings else {}),
        }

    def _record(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any], directory: RunDirectory) -> RunRecord:
        """The record of the run, with the hosts that earlier evidence answers for. A closed run stays as it is."""
        record = open_run(directory, task_vars, options={})
        if record.ended or record.sources:  # a merge has chosen already
            return record
        looked_for = search(arguments)
        if looked_for is None:
            return record
        record = stand_in(directory, record, looked_for, now=utc_now())
        write_record(directory, record)
        return record


def _write(
    directory: RunDirectory, closing: ClosingRun, choices: t.Sequence[Choice], *, templates: t.Sequence[str]
) -> dict[str, str]:
    """Write every asked format and the summary; returns paths by format."""
    files = write_reports(directory, closing.model, choices, template_dirs=templates)
    write_verdicts(directory, closing.model.decision, closing.policy_findings)
    directory.write_text(summary(closing.model, color=False, paths=files), name="summary.txt")
    return files


def _on_trust(arguments: Arguments, directory: RunDirectory, *, ours: bool) -> list[str]:
    """Hold a run that is reported again to its sums; returns what is believed of it all the same. Raises Refused."""
    if not ours and not directory.has(RUN_FILE):
        raise TaskRefused(
            f"The run {directory.run_id} has no {RUN_FILE}: it ended before it was opened, "
            "so it is unknown which hosts it was meant for."
        )
    if not arguments["run_id"]:
        return []
    if arguments["verify"]:
        hold(directory)
        return []
    changes = directory.changes()
    if changes:
        return [f"The run {directory.run_id} did not match its {SUMS_FILE}: {changes}."]
    return [f"The run {directory.run_id} was not verified against its {SUMS_FILE}: verify is false."]


def _returned(directory: RunDirectory, closing: ClosingRun, files: dict[str, str]) -> Result:
    return {
        "verdict": closing.model.summary.verdict,
        "hosts": dict(closing.model.summary.hosts),
        "not_assessed": dict(closing.reasons),
        "files": files,
        "summary": summary(closing.model, color=False, paths=files).splitlines(),
        "run_id": directory.run_id,
        "run_directory": directory.path,
    }
