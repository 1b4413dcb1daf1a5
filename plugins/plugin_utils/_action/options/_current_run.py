# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run that this ``ansible-playbook`` has open: what its opening task decided, for the tasks after it.

Options of a run are decided once, by ``port_audit_check`` or ``port_audit_merge``. What a task between them and the
report sets in variables changes nothing. They are kept where only this process and its workers can write: Ansible makes
that directory for each process, with mode 0700.
"""

from __future__ import annotations

import json
import os
import typing as t

from ansible import constants as C

from ..._evidence.files import _atomic_files
from ..._gate._gate_rules import gate_on

_NAME = "fleetports-run.json"
_ASKED = "fleetports-gate-asked"


class CurrentRun(t.NamedTuple):
    """``output``: the output directory, absolute. ``options`` by name, as the opening task took them.

    ``policy_named``: whether somebody named the policy that the opening task loaded.
    """

    output: str
    run_id: str
    options: t.Mapping[str, t.Any]
    policy_named: bool

    @property
    def gate_on(self) -> bool:
        return gate_on(self.options)


def remember(run: CurrentRun) -> None:
    """Make this the open run. Raises EvidenceError."""
    _atomic_files.write_text(_path(), json.dumps(run._asdict(), default=str))


def current() -> CurrentRun | None:
    """The open run; None where no task opened one."""
    if not os.path.exists(_path()):
        return None
    return CurrentRun(**_atomic_files.read_json(_path()))


def gate_asked(run: CurrentRun) -> None:
    """Note that the gate of a run decides, for the run and not for one host of it alone. Raises EvidenceError."""
    _atomic_files.write_text(_path(_ASKED), run.run_id)


def unasked() -> CurrentRun | None:
    """The open run, where it has a gate that nobody has asked yet: nobody may believe that it was open."""
    run = current()
    if run is None or not run.gate_on:
        return None
    asked = os.path.exists(_path(_ASKED)) and _atomic_files.read_bytes(_path(_ASKED)) == run.run_id.encode()
    return None if asked else run


def _path(name: str = _NAME) -> str:
    return os.path.join(C.DEFAULT_LOCAL_TMP, name)
