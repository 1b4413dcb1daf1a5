# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collecting from an action: the module that fits the connection, without asking the host for facts first."""

from __future__ import annotations

import typing as t

from ....module_utils._collect.common._platforms import BY_COMMANDS
from ....module_utils._collect.common._snapshot import Options
from ..._common._printable import said
from ..._evidence.document._evidence_document import nothing_seen
from ..._evidence.document._evidence_shape import answer_fault
from ..._evidence.document._possible import impossible
from ..._windows._observation import observation
from ._host_answer import failure

Result = dict[str, t.Any]

LINUX_COLLECTOR = "fleetports.compliance.linux_listening_sockets_info"
UNIX_COLLECTOR = "fleetports.compliance.unix_listening_sockets_info"
# Not the same name with .ps1: the loader takes the first file in the order of the alphabet on a host with Python.
WINDOWS_COLLECTOR = "fleetports.compliance.win_listening_sockets_info"
OPTIONS = Options._fields


def collect(action: t.Any, options: t.Mapping[str, t.Any], task_vars: t.Mapping[str, t.Any]) -> Result:
    """What the host of the action's connection shows: ``host``, ``collector`` and ``listeners`` in the types of
    evidence, or ``failed`` and ``msg``; with either ``warnings``, and nothing else.

    ``options`` are those of ``listening_sockets_info``, defaults filled in. Raises what the connection raises.
    """
    connection = action._connection
    if getattr(connection, "force_persistence", False):
        # On network_cli, netconf and httpapi a Python module runs on the controller and would show its sockets.
        detail = f"connection {connection.transport}: modules run on the controller, so the host itself was not audited"
        return nothing_seen("unsupported", detail)
    if getattr(connection._shell, "_IS_WINDOWS", False):
        return _windows(action, options, task_vars)
    result: Result = {}
    for module in _modules(Options(**options), task_vars):
        result = _checked(action.ask(module, options, task_vars))
        if not _of_another(module, result):
            break
    return result


def _checked(answer: Result) -> Result:
    """The answer, if it is one; what is of another shape costs the host its verdict, and nobody else anything."""
    if answer.get("failed"):
        return answer
    fault = answer_fault(answer)
    if fault:
        return failure(f"the answer of the host does not have the documented form: {fault}")
    fault = impossible(answer)
    if fault:
        return failure(f"the answer of the host has an impossible value: {fault}")
    for gap in answer["collector"]["gaps"]:
        gap.update(code=said(gap["code"]), detail=said(gap["detail"]))
    return answer


def _modules(chosen: Options, task_vars: t.Mapping[str, t.Any]) -> t.Sequence[str]:
    """What to run where there is a shell of Unix: Linux's module first, unless gathered facts tell of another system.

    Facts may be old: the second is for the host that the first says it is not for.
    """
    if chosen.collector != "auto":
        return (UNIX_COLLECTOR if chosen.collector in BY_COMMANDS else LINUX_COLLECTOR,)
    system = (task_vars.get("ansible_facts") or {}).get("system", "Linux")
    return (LINUX_COLLECTOR, UNIX_COLLECTOR) if system == "Linux" else (UNIX_COLLECTOR, LINUX_COLLECTOR)


def _of_another(module: str, result: t.Mapping[str, t.Any]) -> bool:
    """Whether the host's own word is that it is of a system for which there is another module."""
    platform = result.get("collector", {}).get("platform")
    return platform not in (None, "windows") and (platform == "linux") != (module == LINUX_COLLECTOR)


def _windows(action: t.Any, options: t.Mapping[str, t.Any], task_vars: t.Mapping[str, t.Any]) -> Result:
    """winrm, psrp, and ssh with a PowerShell or cmd shell."""
    chosen = Options(**options)
    if chosen.collector not in ("auto", "windows"):
        detail = f"the collector {chosen.collector} does not run on the platform windows"
        return nothing_seen("unsupported", detail, platform="windows")
    answer: Result = action.ask(WINDOWS_COLLECTOR, {"http_sys": chosen.http_sys}, task_vars)
    if answer.get("failed"):
        return answer
    warnings = {key: answer[key] for key in ("warnings",) if key in answer}
    return _checked({**observation(answer, chosen), **warnings})
