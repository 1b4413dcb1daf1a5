# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill in ``run.json`` from what Ansible knows of the run."""

from __future__ import annotations

import getpass
import platform
import typing as t

from ansible import context
from ansible.release import __version__ as ansible_version

from ...module_utils._collect.common._snapshot import COLLECTION_VERSION
from .._common._clock import STARTED, iso
from .._evidence.files._run_directory import RunDirectory
from .._evidence.runs._run_record import RUN_FILE, RunRecord, read_record, write_record


def expected(task_vars: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """The hosts that the play is meant for, in all its batches."""
    return tuple(sorted(str(host) for host in task_vars["ansible_play_hosts_all"]))


def open_run(
    directory: RunDirectory,
    task_vars: t.Mapping[str, t.Any],
    *,
    options: t.Mapping[str, t.Any],
    hosts: t.Sequence[str] | None = None,
) -> RunRecord:
    """The record of the run in this directory; made and written when the run has none yet.

    ``hosts`` are those that the run is meant for, None the hosts of the play.
    """
    if directory.has(RUN_FILE):
        return read_record(directory).trusting(*_on_trust(directory))
    record = new_record(directory, task_vars, options=options, hosts=hosts)
    write_record(directory, record)
    return record


def new_record(
    directory: RunDirectory,
    task_vars: t.Mapping[str, t.Any],
    *,
    options: t.Mapping[str, t.Any],
    hosts: t.Sequence[str] | None = None,
) -> RunRecord:
    """What is to be said of a run that begins; writes nothing."""
    return RunRecord(
        id=directory.run_id,
        started=iso(STARTED),
        ended=None,
        user=_user(),
        controller=platform.node(),
        ansible_version=ansible_version,
        collection_version=COLLECTION_VERSION,
        limit=_limit(),
        expected=expected(task_vars) if hosts is None else tuple(hosts),
        inventory=inventory(task_vars["groups"]),
        options=options,
        on_trust=_on_trust(directory),
    )


def _on_trust(directory: RunDirectory) -> tuple[str, ...]:
    """That others may be able to exchange the run, where the user answers for that."""
    if not directory.trusted:
        return ()
    found = directory.accepted() or "other users can change it"
    return (f"The output directory was accepted by output_trusted: {found}.",)


def _user() -> str:
    """Who ran it. A uid without a name (a container's) has no login to give."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _limit() -> str | None:
    limit = context.CLIARGS.get("subset")
    return str(limit) if limit else None


def inventory(groups: t.Mapping[str, t.Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Groups by host, from Ansible's hosts by group."""
    found: dict[str, list[str]] = {}
    for group, hosts in groups.items():
        for host in hosts:
            found.setdefault(str(host), []).append(str(group))
    return {host: tuple(sorted(names)) for host, names in sorted(found.items())}
