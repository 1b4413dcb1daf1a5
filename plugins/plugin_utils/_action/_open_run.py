# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a run: take its options once, for this task and every one after it."""

from __future__ import annotations

import os
import typing as t

from .._common._clock import RUN_ID, new_id, utc_now
from .._gate._gate_rules import gate_on
from .._policy._policy_model import Policy
from .._report.formats._format_choices import read_choices
from .._report.formats._registry import DEFAULT
from ._base import OUTPUT, VERIFY, Arguments, TaskRefused, moment
from ._report_copies import check_copies
from .arguments._control_names import CONTROLS, asked_controls
from .arguments._gate_option import FAIL_ON, gate_rules
from .arguments._hazard_changes import HAZARDS, asked_hazards
from .arguments._limits import MAX_UNREACHABLE, STAND_IN
from .arguments._reference import REFERENCE, reference
from .options._current_run import CurrentRun, current, remember, unasked
from .options._option_names import OF_THE_RUN

# What the report takes of the run, or as arguments of its own where no task opened one.
REPORT_OPTIONS: t.Mapping[str, t.Any] = {
    **OUTPUT,
    "formats": {"type": "list", "elements": "raw", "default": list(DEFAULT)},
    "template_dirs": {"type": "list", "elements": "path", "default": []},
    **FAIL_ON,
    **CONTROLS,
    **HAZARDS,
    **REFERENCE,
    **MAX_UNREACHABLE,
    **STAND_IN,
    **VERIFY,
}
RUN_OPTIONS: t.Mapping[str, t.Any] = {**REPORT_OPTIONS, "as_of": {"type": "str"}}


def refuse_unasked() -> None:
    """A run that is opened now takes the place of the open one, and with it that of its gate. Raises Refused."""
    run = unasked()
    if run is not None:
        raise TaskRefused(
            f"The run {run.run_id} has a gate that port_audit_gate has not evaluated. Report and gate that run "
            "before you open another run, or name both policies as layers of one run in port_audit_policies."
        )


def next_run_id() -> str:
    """The id of a run that is about to be opened: a second one of the same process is a run of its own."""
    return RUN_ID if current() is None else new_id(utc_now())


def check_options(arguments: Arguments, *, run_id: str) -> None:
    """Read every option of the run, so that none fails after hosts were contacted. Raises the errors of each."""
    moment(arguments["as_of"])
    read_choices(arguments["formats"])
    asked_controls(arguments)
    asked_hazards(arguments)
    reference(arguments, run_id=run_id)
    gate_rules(arguments)


def check_places(arguments: Arguments, *, run: str, policy: Policy | None) -> None:
    """Refuse copies of reports that the end of the run would refuse: see check_copies. Raises FormatProblem."""
    check_copies(read_choices(arguments["formats"]), run=run, reads=policy.sources if policy else ())


def check_policy_named(arguments: Arguments, *, named: bool) -> None:
    """A gate on a policy that nobody chose proves nothing. Raises Refused."""
    if gate_on(arguments) and not named:
        raise TaskRefused(
            "A gate needs a policy that you name. Set port_audit_policy to the file of your policy, or to "
            "baseline for the one that comes with the collection."
        )


def recorded(arguments: Arguments) -> dict[str, t.Any]:
    """The options of the run by name, as they are kept."""
    return {name: arguments[name] for name in sorted(OF_THE_RUN) if name in arguments}


def keep_open(arguments: Arguments, *, run_id: str, policy_named: bool) -> CurrentRun:
    """Make this the run that the tasks after it belong to, and return it. Raises EvidenceError."""
    output = os.path.abspath(os.path.expanduser(str(arguments["output_dir"])))
    options = {**recorded(arguments), "output_dir": output}
    run = CurrentRun(output, run_id, options, policy_named)
    remember(run)
    return run
