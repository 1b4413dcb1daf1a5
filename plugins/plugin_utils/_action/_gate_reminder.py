# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A warning at the end of ``ansible-playbook`` about a run that was reported, and whose gate no task evaluated.

No task can know this, for a gate may follow in a later play. The end of the process shows it. Ansible imports an action
before it forks its workers, and these end without calling what was registered before, so this is said once.
"""

from __future__ import annotations

import atexit

from ansible.utils.display import Display

from .._evidence._evidence_errors import EvidenceError
from .._evidence.files._run_directory import RunDirectory
from .._gate._verdicts_file import VERDICTS_FILE
from .options._current_run import unasked

_LEFT_OUT = (
    "The gate of run {} was set, and no task evaluated it: findings did not fail this playbook. Add the task "
    "fleetports.compliance.port_audit_gate after the report, or the role with tasks_from: gate."
)


def forgotten_gate() -> str | None:
    """What is to be said of the open run; None where its gate is off or was evaluated, or it has no report."""
    try:
        run = unasked()
    except (EvidenceError, TypeError):  # what kept the run was removed or altered: tasks have said so
        return None
    if run is None or not RunDirectory(run.output, run.run_id).has(VERDICTS_FILE):
        return None
    return _LEFT_OUT.format(run.run_id)


def remind_at_end() -> None:
    """Say it when this process ends."""
    atexit.register(_remind)


def _remind() -> None:
    text = forgotten_gate()
    if text:
        Display().warning(text)
