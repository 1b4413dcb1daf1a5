# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about one rule by itself."""

from __future__ import annotations

import datetime
import fnmatch
import typing as t

from .._policy._insecure import insecure_names
from .._policy._lifecycle import is_over
from .._policy._model import AppliesTo, Process, Rule
from .._policy._review import is_marked
from .._registry._lookup import Registry
from ._model import ERROR, Remark, about

_INTERPRETERS = ("python*", "perl*", "ruby*", "node", "nodejs", "java", "php*", "sh", "bash", "dash", "zsh", "ksh")


def rule_remarks(rule: Rule, *, registry: Registry, today: datetime.date) -> t.Iterator[Remark]:
    """What every policy is held to."""
    review_by = rule.approval.review_by
    if review_by is not None and is_over(review_by, today):
        yield about(rule, "overdue-review", f"was to be reviewed by {review_by}")
    if rule.expect == "forbidden":
        return
    if rule.insecure and not rule.approval.security_features:
        message = "approves an insecure service without security_features"
        yield about(rule, "insecure-without-features", message, level=ERROR)
    if not rule.approval.justification:
        yield from _unassigned(rule, registry)


def strict_rule_remarks(rule: Rule) -> t.Iterator[Remark]:
    """What a policy that auditors read is held to."""
    if rule.expect == "forbidden":
        return
    for field in ("owner", "justification"):
        if not getattr(rule.approval, field):
            yield about(rule, f"no-{field}", f"names no {field}")
    for field in ("owner", "justification", "approved_by", "ticket", "security_features"):
        if is_marked(getattr(rule.approval, field)):
            yield about(rule, "to-review", f"still says REVIEW in {field}: decide it")
    yield from _weak(rule)
    yield from _insecure_port(rule)


def _unassigned(rule: Rule, registry: Registry) -> t.Iterator[Remark]:
    """Ports written as a number that IANA has unassigned; a range is named by its ends alone."""
    for item in rule.ports:
        if item.label.isdigit() and registry.status(item.first, item.protocol).status == "unassigned":
            message = f"approves {item.first}/{item.protocol}, which IANA has unassigned, without a justification"
            yield about(rule, "unassigned-without-justification", message)


def _weak(rule: Rule) -> t.Iterator[Remark]:
    process = rule.process
    if process is None:
        bare = rule.reach is None and not rule.address and rule.applies_to == AppliesTo()
        if bare and rule.state != "published":
            message = "has no process, reach, address or applies_to: anything may listen there, anywhere, on every host"
            yield about(rule, "unconditional-rule", message)
        return
    if process.conditions and all(field == "name" for field, _globs in process.conditions):
        message = "passes by the name of a process alone, which a process chooses for itself: add exe or unit"
        yield about(rule, "name-only", message)
    if not process.unit and not process.container:
        yield from _bare(rule, process)


def _bare(rule: Rule, process: Process) -> t.Iterator[Remark]:
    """The path of an executable says who wrote the program, not who runs it."""
    for path in filter(_is_interpreter, process.exe):
        message = f"trusts the interpreter {path}, which runs any program: add unit or container"
        yield about(rule, "bare-interpreter", message)
    others = [path for path in process.exe if not _is_interpreter(path)]
    if others and not process.user:
        message = f"passes whoever runs {' or '.join(others)}: add user or unit"
        yield about(rule, "exe-only", message)


def _is_interpreter(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatch.fnmatchcase(name, glob) for glob in _INTERPRETERS)


def _insecure_port(rule: Rule) -> t.Iterator[Remark]:
    if rule.insecure or rule.approval.security_features:
        return
    names = insecure_names(rule)
    if names:
        message = f"approves a port of {', '.join(names)}: say insecure: true and what its security_features are"
        yield about(rule, "insecure-port", message)
