# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats that a report can have: name, file, options and renderer of each.

A new format is a file in this folder and a row of FORMATS. Renderers are loaded on need: whoever only checks what was
asked for loads none of them.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ..model._report import ReportModel
from ._choice import Choice, Surroundings

Renderer = t.Callable[[ReportModel, Choice, Surroundings], t.Iterable[str]]


@dataclasses.dataclass(frozen=True)
class ReportFormat:
    """One format.

    ``file``: its name in the directory of the run. ``render``: gives the text in pieces, may raise TemplateProblem.
    ``options``: keys that an entry of this format may have beside those of every format. ``default``: it is written
    where no formats are named. ``last``: it names the files of the others, so it is written after them.
    """

    name: str
    file: str
    render: Renderer
    options: tuple[str, ...] = ()
    default: bool = False
    last: bool = False


def _page(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    from .page._templates import render

    return [render(model, format=choice.format, template_dirs=around.template_dirs, template=choice.template)]


def _json(model: ReportModel, _choice: Choice, _around: Surroundings) -> t.Iterable[str]:
    from ._json import render

    return render(model)


def _junit(model: ReportModel, _choice: Choice, _around: Surroundings) -> t.Iterable[str]:
    from ._junit import render

    return render(model)


def _sarif(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    from ._sarif import render

    return [render(model, policy_file=choice.policy_file, checkout=around.checkout)]


def _csv(model: ReportModel, _choice: Choice, _around: Surroundings) -> t.Iterable[str]:
    from ._csv import render

    return render(model)


def _openmetrics(model: ReportModel, _choice: Choice, _around: Surroundings) -> t.Iterable[str]:
    from ._openmetrics import render

    return [render(model)]


def _github(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    from ._code_review import github

    return [github(model, policy_file=choice.policy_file, checkout=around.checkout)]


def _gitlab(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    from ._code_review import gitlab

    return [gitlab(model, policy_file=choice.policy_file, checkout=around.checkout)]


def _console(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    from ._console import summary

    return [summary(model, color=choice.color, paths=around.files)]


FORMATS: t.Mapping[str, ReportFormat] = {
    one.name: one
    for one in (
        ReportFormat("html", "report.html", _page, ("template",), default=True),
        ReportFormat("json", "report.json", _json, default=True),
        ReportFormat("markdown", "report.md", _page, ("template",), default=True),
        ReportFormat("junit", "junit.xml", _junit),
        ReportFormat("sarif", "report.sarif", _sarif, ("policy_file",)),
        ReportFormat("csv", "findings.csv", _csv),
        ReportFormat("openmetrics", "port_audit.prom", _openmetrics),
        ReportFormat("github", "annotations.txt", _github, ("policy_file",)),
        ReportFormat("gitlab", "gl-code-quality-report.json", _gitlab, ("policy_file",)),
        ReportFormat("step-summary", "step-summary.md", _page, ("template",)),
        ReportFormat("console", "console.txt", _console, ("color",), last=True),
    )
}
DEFAULT = tuple(one.name for one in FORMATS.values() if one.default)


def build(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    """The text of one format, in pieces. Raises TemplateProblem."""
    return FORMATS[choice.format].render(model, choice, around)
