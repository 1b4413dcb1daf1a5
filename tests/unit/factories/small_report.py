# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small report: one host that fails, one within policy, one that nobody saw, and one finding on the policy."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel, build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _registry
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._choice import Choice, Surroundings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import FORMATS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import build as render
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport

from . import sample
from .evidence import document
from .listeners import SSHD, listener, owner_named
from .reports import found, host, passed

TEMPLATES = str(pathlib.Path(_registry.__file__).parents[4] / "roles" / "port_audit" / "templates")
CODE = "unlisted-listener"
PORT = 50_007
PLAIN = "word"

# What somebody on a host may call a process, a unit or a user, to be taken for something else by whoever reads it.
HOSTILE: t.Mapping[str, str] = {
    "a formula": "=cmd|' /C calc'!A0",
    "a script": "<script>alert(1)</script>",
    "a command of CI": "::error file=x::injected",
    "a command of another CI": "##[error]injected",
    "a new line": "a\nFAKE",
    "right to left": "\u202egpj.exe",
    "a terminal's code": "\x1b[2J",
    "signs of Markdown": "|a|`b`|[c](http://d)",
    "quotes": "\"a\\\" b='c'",
    "half a character": "x\udcff",
}


def small_report(text: str = PLAIN, *, verdict: str = "fail", **run: t.Any) -> ReportModel:
    """The report. ``text`` is in every place that a host or an inventory fills; ``verdict`` is that of the finding."""
    hosts = [_failing(text, verdict), host("ok", passed(listener(22, SSHD), rule="ssh"), evidence=_evidence("ok"))]
    unknown = Finding("unknown-target", "warn", "low", f"no group {text}", rule=text, place=SourcePlace(text, 4, 3))
    return build(sample.run(**{"left_out": (text,), "gate": ("fail",), **run}), hosts, [unknown])


def with_unreachable(model: ReportModel, reason: str = "no route") -> ReportModel:
    """The same with a host that did not answer."""
    missed = Finding("not-assessed", "unverified", "high", f"not assessed: {reason}")
    gone = dataclasses.replace(host("gone", findings=[missed], reason=f"unreachable: {reason}"), unreachable=True)
    return build(model.run, [*model.hosts, gone], model.policy_findings)


def _failing(text: str, verdict: str) -> HostReport:
    seen = listener(PORT, owner_named(text, f"/opt/{text}", user=text, unit=text), device=text)
    said = {"expected": text, "found": text, "rule": text, "place": SourcePlace(text, 7, 5), "severity": "high"}
    judged = found(seen, CODE, verdict, f"{PORT}/tcp is held by {text}", **said)
    return host(text, judged, passed(listener(22, SSHD), rule="ssh"), groups=(text,), evidence=_evidence(text))


def _evidence(name: str) -> dict[str, t.Any]:
    return document(name, policy=sample.SHA256)


def rendered(model: ReportModel, format: str, **choice: t.Any) -> str:
    """The report in a format, as the registry of formats has it."""
    asked = Choice(format, FORMATS[format].file, **choice)
    return "".join(render(model, asked, Surroundings([TEMPLATES], {"html": "/srv/audit/report.html"})))
