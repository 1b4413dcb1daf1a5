# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of a fleet as a report groups them, each with its advice."""

from __future__ import annotations

import dataclasses
import typing as t

import yaml
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._advice_model import Advice
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._report import (
    FindingGroup,
    ReportModel,
)

from . import sample
from .evidence import document
from .judging import host_facts, judge
from .policies import loaded, policy

Fleet = t.Mapping[str, t.Sequence[Listener]]


def report(
    fleet: Fleet,
    given: Policy | None = None,
    *,
    groups: t.Mapping[str, t.Sequence[str]] | None = None,
    platforms: t.Mapping[str, str] | None = None,
    **run: t.Any,
) -> ReportModel:
    """The report of hosts by name, with their listeners; ``groups`` and ``platforms`` of hosts by name.

    ``run``: fields of the run.
    """
    by, kinds = given or policy(), platforms or {}
    hosts = [
        _host(name, seen, by, groups=(groups or {}).get(name, ()), platform=kinds.get(name, "linux"))
        for name, seen in fleet.items()
    ]
    return build(sample.run(**{"policies": (by,), "left_out": (), **run}), hosts, [])


def report_of_policies(*judged: tuple[Policy, t.Sequence[Listener]]) -> ReportModel:
    """The report of hosts ``a``, ``b`` and so on, each with a policy of its own and its listeners."""
    apart = [dataclasses.replace(by, sha256=f"{number:064}") for number, (by, _seen) in enumerate(judged)]
    hosts = [
        _host(chr(ord("a") + number), seen, by, groups=(), platform="linux")
        for number, (by, (_by, seen)) in enumerate(zip(apart, judged, strict=True))
    ]
    return build(sample.run(policies=tuple(apart), left_out=()), hosts, [])


def _host(name: str, seen: t.Sequence[Listener], by: Policy, *, groups: t.Sequence[str], platform: str) -> HostReport:
    result = judge(by, *seen, facts=host_facts(name, groups=groups))
    return HostReport(name, ("all", *groups), result, document(name, policy=by.sha256, platform=platform))


def advised(*seen: Listener, by: Policy | None = None) -> FindingGroup:
    """The one row of findings of a host ``web1`` that has these listeners."""
    (group,) = report({"web1": seen}, by).groups.values()
    return group


def commands(advice: Advice) -> list[str]:
    return [command.line for command in advice.commands]


def approving(advice: Advice) -> Policy:
    """The policy that has the suggested rule alone, read as a user's file is."""
    return loaded(yaml.safe_load("\n".join(["version: 1", "name: approved", "rules:", *advice.rule])))
