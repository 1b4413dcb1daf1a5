# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats that a report can have: what each is called, where it lands, and what builds it."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._checkout import Checkout
from ..model._report import ReportModel
from . import _code_review, _console, _csv, _json, _junit, _openmetrics, _sarif
from ._format_choices import Choice
from .page._templates import render as render_prose


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a builder may need beside the model: ``template_dirs``, searched in order; ``files``, paths by format.

    ``checkout``: the repository that a policy's files are named from.
    """

    template_dirs: t.Sequence[str] = ()
    files: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    checkout: Checkout | None = None


class _InPlace(t.Protocol):
    """A builder of a format that points at lines of the policy."""

    def __call__(self, model: ReportModel, *, policy_file: str | None, checkout: Checkout | None) -> str:
        """The text of the format."""


_Builder = t.Callable[[ReportModel, Choice, Surroundings], t.Iterable[str]]


def build(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    """The text of one format, in pieces. Raises TemplateProblem."""
    return _BUILDERS[choice.format](model, choice, around)


def _prose(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    return [render_prose(model, format=choice.format, template_dirs=around.template_dirs, template=choice.template)]


def _placed(write: _InPlace) -> _Builder:
    return lambda model, choice, around: [write(model, policy_file=choice.policy_file, checkout=around.checkout)]


def _summary(model: ReportModel, choice: Choice, around: Surroundings) -> t.Iterable[str]:
    return [_console.summary(model, color=choice.color, paths=around.files)]


_BUILDERS: t.Mapping[str, _Builder] = {
    "html": _prose,
    "json": lambda model, _choice, _around: _json.render(model),
    "markdown": _prose,
    "junit": lambda model, _choice, _around: _junit.render(model),
    "sarif": _placed(_sarif.render),
    "csv": lambda model, _choice, _around: _csv.render(model),
    "openmetrics": lambda model, _choice, _around: [_openmetrics.render(model)],
    "github": _placed(_code_review.github),
    "gitlab": _placed(_code_review.gitlab),
    "step-summary": _prose,
    "console": _summary,
}
