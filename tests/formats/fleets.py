# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleets that every format has to stand: small, empty, unreachable, large, hostile."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel, build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host

HOSTILE = (
    "\x1b]0;owned\x07\x00",
    "a\nb\r\n::error::injected",
    "]]>",
    "</script><script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "  =1+1",
    "\u202egpj.exe",
    "h" * 300,
    '"quoted",\\back\\slash',
    "| pipe | `tick` [link](http://x) @everyone",
    "byte\udcff and \ufffe and \uffff",
    "%0A%25::",
    "{{ lookup('pipe', 'id') }}",
    "/srv/a path that is so long that it is wrapped where somebody wants it ::error file=x::injected",
    "/srv/another path that is so long that it is wrapped ##vso[task.complete result=Succeeded;]done",
    "##teamcity[buildStatus status='SUCCESS'] ##[error]injected section_start:0:x",
    'text;=HYPERLINK("https://h")|+1 "=2",\'quoted\'',
    "[text](https://example.org/x) {0} ![x](//h/p) fixes #12 !3 user@example.org www.example.org",
    "<!-- </style --> javascript:alert(1)",
)
_PER_HOST = 20


def _unreachable() -> ReportModel:
    reason = "Failed to connect to the host via ssh: Connection timed out"
    hosts = [_unseen(f"host{number:04}", reason) for number in range(300)]
    return build(sample.run(), hosts, [])


def _unseen(name: str, reason: str) -> HostReport:
    missed = Finding("not-assessed", "unverified", "high", f"{name} was not assessed: {reason}")
    return host(name, findings=[missed], reason=reason)


def _many() -> ReportModel:
    """10,000 findings, none like another."""
    return build(sample.run(), [_busy(number) for number in range(10_000 // _PER_HOST)], [])


def _busy(number: int) -> HostReport:
    name = f"host{number:04}"
    judged = [
        found(
            listener(20_000 + port, owner_named(f"app{number}-{port}")),
            "unlisted-listener",
            "fail",
            f"{20_000 + port}/tcp is approved by no rule",
            place=SourcePlace(sample.FILE, 3, 3),
        )
        for port in range(_PER_HOST)
    ]
    return host(name, *judged, evidence=document(name, policy=sample.SHA256))


def _hostile() -> ReportModel:
    return build(sample.run(left_out=HOSTILE), [_nasty(name) for name in HOSTILE], [_of_policy(it) for it in HOSTILE])


def _nasty(name: str) -> HostReport:
    seen = listener(81, owner_named(name, f"/tmp/{name}", unit=name, user=name))  # noqa: S108
    judged = found(
        seen,
        "unassigned-port",
        "fail",
        f"held by {name}",
        found=name,
        expected=name,
        rule=name,
        place=SourcePlace(name, 4, 3),
    )
    twin = found(seen, "wrong-owner", "unverified", f"{name} holds it", place=SourcePlace(name))
    missing = Finding("missing-listener", "warn", "low", f"nothing of {name}", protocol="tcp", port_label=name)
    return host(name, judged, twin, twin, findings=[missing, missing], evidence=document(name, policy=sample.SHA256))


def _of_policy(name: str) -> Finding:
    return Finding("unknown-target", "warn", "high", f"no group {name}", rule=name, place=SourcePlace(name, 1, 1))


_MAKERS: t.Mapping[str, t.Callable[[], ReportModel]] = {
    "small": sample.model,
    "empty": lambda: build(sample.run(left_out=()), [], []),
    "unreachable": _unreachable,
    "many": _many,
    "hostile": _hostile,
}
NAMES = tuple(_MAKERS)


@functools.cache
def model(name: str) -> ReportModel:
    """The report of a fleet, made once."""
    return _MAKERS[name]()
