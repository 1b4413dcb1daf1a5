# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about one rule by itself."""

from __future__ import annotations

import datetime
import re
import typing as t

from .._policy._insecure import insecure_names
from .._policy._lifecycle import is_overdue
from .._policy._policy_model import AppliesTo, ProcessPatterns, Rule, Waiver
from .._policy._review_mark import is_marked
from .._registry._lookup import Registry
from ._remark import ERROR, Remark, about
from ._trust import doubts, effective, interprets

# Folders that are links where /usr is merged (file-hierarchy(7)): the kernel never tells such a path there.
_LINKED = re.compile(r"/(?:bin|sbin|lib|lib32|lib64|libx32)/..")
LINKED = "linked-path"

# Names at IANA that are other ports than most people mean.
_MISLEADING = {
    "cifs": "microsoft-ds (445)",
    "sftp": "ssh (22)",
    "winrm": "wsman (5985) or wsmans (5986)",
    "oracle": "ncube-lm (1521)",
}


def rule_remarks(
    rule: Rule, *, registry: Registry, today: datetime.date, own: t.Container[str] = ()
) -> t.Iterator[Remark]:
    """What every policy is held to. ``own``: the names of the policy's services."""
    if is_overdue(rule, today):
        yield about(rule, "overdue-review", f"was due for review by {rule.approval.review_by}")
    yield from _service_names(rule, registry, own)
    yield from _links(rule, rule.process)
    if rule.expect == "forbidden":
        return
    yield from trust_remarks(rule, rule.process)
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
            yield about(rule, f"no-{field}", f"has no {field}")
    for field in ("owner", "justification", "approved_by", "ticket", "security_features"):
        if is_marked(getattr(rule.approval, field)):
            yield about(rule, "to-review", f"still has REVIEW in {field}: decide on it")
    yield from _weak(rule)
    yield from _insecure_port(rule)


def _unassigned(rule: Rule, registry: Registry) -> t.Iterator[Remark]:
    """Ports written as a number that IANA has unassigned; a range is named by its ends alone."""
    for item in rule.ports:
        if item.label.isdigit() and registry.status(item.first, item.protocol).status == "unassigned":
            message = f"approves {item.first}/{item.protocol}, which is unassigned at IANA, without a justification"
            yield about(rule, "unassigned-without-justification", message)


def _weak(rule: Rule) -> t.Iterator[Remark]:
    process = rule.process
    if process is None:
        bare = rule.reach is None and not rule.address and rule.applies_to == AppliesTo()
        if bare and rule.state not in ("published", "kernel"):
            message = "has no process, reach, address or applies_to: anything may listen there, anywhere, on every host"
            yield about(rule, "unconditional-rule", message)
        return
    if not process.unit and not process.container:
        yield from _bare(rule, process)


def _bare(rule: Rule, process: ProcessPatterns) -> t.Iterator[Remark]:
    """The path of an executable says who wrote the program, not who runs it."""
    wanted = effective(process)
    if "user" in wanted:  # else everybody is asked for this
        for path in filter(interprets, process.exe):
            users = " or ".join(process.user)
            message = f"trusts {path}, which can run or relay any program that {users} starts: add unit or container"
            yield about(rule, "bare-interpreter", message)
    others = [path for path in process.exe if not interprets(path)]
    if others and "user" not in wanted:
        message = f"approves every user who runs {' or '.join(others)}: add user or unit"
        yield about(rule, "exe-only", message)
    if set(wanted) == {"user"}:
        yield about(rule, "user-only", f"approves any program of {' or '.join(process.user)}: add exe or unit")


def trust_remarks(item: Rule | Waiver, process: ProcessPatterns | None) -> t.Iterator[Remark]:
    """Conditions on the process that anybody can satisfy."""
    for code, message in doubts(process) if process else ():
        yield about(item, code, message)


def _links(rule: Rule, process: ProcessPatterns | None) -> t.Iterator[Remark]:
    """The kernel tells the file behind every link."""
    paths = process.exe if process and not process.container else ()
    for path in paths:
        if _LINKED.match(path) and f"/usr{path}" not in paths and not interprets(path):
            message = (
                f"names {path}, which never matches where /bin, /sbin and /lib are links: write /usr{path}, or both"
            )
            yield about(rule, LINKED, message)


def _service_names(rule: Rule, registry: Registry, own: t.Container[str]) -> t.Iterator[Remark]:
    """Names that stand for several ports at IANA, or for another than people mean."""
    for name in dict.fromkeys(item.label for item in rule.ports if item.label not in own):
        spans = {span for item in rule.ports if item.label == name for span in registry.ports(name, item.protocol)}
        ports = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in sorted(spans))
        if len(spans) > 1:
            yield about(rule, "ambiguous-service", f"uses {name} for {ports}: write the port that you mean")
        elif spans and name.lower() in _MISLEADING:
            message = f"uses {name} for {ports}, as IANA does; most people mean {_MISLEADING[name.lower()]}"
            yield about(rule, "ambiguous-service", message)


def _insecure_port(rule: Rule) -> t.Iterator[Remark]:
    if rule.insecure or rule.approval.security_features:
        return
    names = insecure_names(rule)
    if names:
        message = f"approves a port of {', '.join(names)}: set insecure: true and describe its security_features"
        yield about(rule, "insecure-port", message)
