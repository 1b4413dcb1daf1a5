# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which findings are new: what fails now and would not have failed before, under the same policy at the same time."""

from __future__ import annotations

import collections
import typing as t

from ...module_utils._socket import Listener
from .._judge._finding_codes import HOST_CODES
from .._judge._judgement import Finding, HostResult
from .._judge.conditions._state import is_ephemeral_udp
from ._holder import assigned_anew, known

_Key = tuple[t.Any, ...]

_BY_REGISTRY = ("unassigned-port", "reserved-port")


def new_findings(before: HostResult | None, after: HostResult) -> tuple[Finding, ...]:
    """The findings that fail and were not there before. Of a host that was not seen before all of them are new."""
    there = {key for key, _finding in _failing(before)} if before else set()
    new = {id(finding): finding for key, finding in _failing(after) if key not in there}
    return tuple(new.values())  # one may speak of several listeners


def _failing(result: HostResult) -> t.Iterator[tuple[_Key, Finding]]:
    """What fails, with what makes it the same on another day."""
    counted: collections.Counter[_Key] = collections.Counter()
    for judged in result.listeners:
        for finding in judged.findings:
            if finding.verdict == "fail":
                key = _key(finding, judged.listener)
                if _of_a_service(judged.listener):  # one more of them is new
                    counted[key] += 1
                    key = (*key, counted[key])
                yield key, finding
    for finding in result.findings:
        if finding.verdict == "fail" and finding.code in HOST_CODES:
            what = finding.port_label or finding.found
            yield (finding.code, finding.protocol, what, finding.owner, finding.rule), finding


def _key(finding: Finding, listener: Listener) -> _Key:
    code = finding.code
    if is_ephemeral_udp(listener):
        return (code, listener.protocol, known(listener).holder)
    if _of_a_service(listener):
        # No rule approves it, whatever IANA says of the port that it has today.
        code = "unlisted-listener" if code in _BY_REGISTRY else code
        return (code, listener.protocol, listener.address, listener.device, known(listener).holder)
    return (code, listener.protocol, listener.address, listener.port, listener.device, known(listener).holder)


def _of_a_service(listener: Listener) -> bool:
    """Whether its port is another one after each start, and all that hold it are known: it may be another's else."""
    return assigned_anew(listener) and known(listener).whole
