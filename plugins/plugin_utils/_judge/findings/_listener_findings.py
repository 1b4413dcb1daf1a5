# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about listeners: what is wrong, in one short sentence, and where."""

from __future__ import annotations

import typing as t

from ....module_utils._socket import Listener
from ..._hazards._known_hazards import Hazards
from ..._policy._policy_model import REACHES, SEVERITIES, Defaults, Network
from ..._registry._registry_entry import RegistryStatus
from .. import _listener_labels, _owner_labels
from .._compiled_rules import CompiledRule
from .._judgement import Finding
from ..conditions._process_conditions import Doubt
from ..conditions._rule_conditions import ADDRESS, REACH
from ..conditions._state import is_ephemeral_udp


class SeenListener(t.NamedTuple):
    """A listener with what is known of it beside the policy.

    ``reach`` is a position in REACHES, ``inside`` says of a listener that it is in another network namespace.
    ``hazards`` are asked where there is a finding.
    """

    host: str
    listener: Listener
    registry: RegistryStatus
    reach: int
    hazards: Hazards
    inside: str = ""

    @property
    def subject(self) -> str:
        """What the message is about: ``8081/tcp by java``."""
        listener = self.listener
        return f"{listener.port}/{listener.protocol} by {_owner_labels.holder(listener)}{self.inside}"

    def finding(
        self, code: str, *, verdict: str, severity: str, message: str, chosen: bool = False, **more: t.Any
    ) -> Finding:
        """A finding about this listener; ``message`` follows ``8081/tcp by java: ``.

        A known hazard makes it graver, unless the ``severity`` was ``chosen`` for it. A port that chance gave is none.
        """
        listener = self.listener
        hazard = None if code == "ephemeral-udp" else self.hazards.of(listener, self.reach)
        return Finding(
            code=code,
            verdict=verdict,
            severity=severity if chosen or hazard is None else max(severity, hazard.severity, key=SEVERITIES.index),
            message=f"{self.subject}: {message}",
            host=self.host,
            protocol=listener.protocol,
            family=listener.family,
            address=listener.address,
            port=listener.port,
            device=listener.device,
            namespace=listener.namespace,
            owner=_owner_labels.owner_label(listener),
            unit=listener.unit,
            registry=self.registry.status,
            reach=REACHES[self.reach],
            hazard=hazard.hazard if hazard else None,
            why=hazard.why if hazard else None,
            **more,
        )

    def by_rule(self, rule: CompiledRule, code: str, *, verdict: str, message: str, **more: t.Any) -> Finding:
        """A finding from a rule of the policy."""
        return self.finding(
            code,
            verdict=verdict,
            severity=rule.severity,
            chosen=rule.rule.severity is not None,
            message=message,
            rule=rule.id,
            place=rule.place,
            layer=rule.layer,
            controls=rule.controls,
            **more,
        )


def forbidden(seen: SeenListener, rule: CompiledRule) -> Finding:
    """A forbidden rule is true of it."""
    return seen.by_rule(
        rule,
        "forbidden-listener",
        verdict="fail",
        message=f"rule {rule.id} forbids it",
        expected="no such listener",
        found=_owner_labels.holder(seen.listener),
    )


def unverified(seen: SeenListener, rule: CompiledRule) -> Finding:
    """Whether the rule is true cannot be told."""
    doubt = _doubt(rule, seen.listener)
    why = f": {doubt.found}" if seen.listener.owners else ""  # else the message has said already why nobody is seen
    if rule.rule.expect == "forbidden":
        message = f"rule {rule.id} forbids {doubt.expected}, which could not be ruled out{why}"
    else:
        message = f"rule {rule.id} expects {doubt.expected}, which could not be verified{why}"
    return seen.by_rule(
        rule, "unverified-owner", verdict="unverified", message=message, expected=doubt.expected, found=doubt.found
    )


def failed(seen: SeenListener, rule: CompiledRule, conditions: int) -> Finding:
    """The rule selects it and is false: named after the first condition that failed."""
    if conditions & ADDRESS:
        return _wrong_address(seen, rule)
    if conditions & REACH:
        return _excess_reach(seen, rule)
    return _wrong_owner(seen, rule)


def _wrong_address(seen: SeenListener, rule: CompiledRule) -> Finding:
    expected, found = ", ".join(map(_address, rule.rule.address)), seen.listener.address
    message = f"bound to {found}, rule {rule.id} expects {expected}{_both_families(seen.listener, rule)}"
    return seen.by_rule(rule, "wrong-address", verdict="fail", message=message, expected=expected, found=found)


def _address(network: Network) -> str:
    """A lone address without its prefix, as people write it."""
    alone = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if alone else str(network)


def _both_families(listener: Listener, rule: CompiledRule) -> str:
    """A socket on ``::`` is bound to ``::``, whatever else it takes."""
    wildcard4 = any(net.version == 4 and int(net.network_address) == 0 for net in rule.rule.address)
    if listener.address != "::" or listener.dual_stack is False or not wildcard4:
        return ""
    return '; a socket on :: accepts IPv6 and IPv4: add "::" to the addresses if you approve both'


def _excess_reach(seen: SeenListener, rule: CompiledRule) -> Finding:
    expected, found = str(rule.rule.reach), REACHES[seen.reach]
    message = f"bound to {seen.listener.address}, reach {found}; rule {rule.id} allows {expected} at most"
    return seen.by_rule(rule, "excess-reach", verdict="fail", message=message, expected=expected, found=found)


def _wrong_owner(seen: SeenListener, rule: CompiledRule) -> Finding:
    doubt = _doubt(rule, seen.listener)
    return seen.by_rule(
        rule,
        "wrong-owner",
        verdict="fail",
        message=f"rule {rule.id} expects {doubt.expected}, found {doubt.found}",
        expected=doubt.expected,
        found=doubt.found,
    )


def _doubt(rule: CompiledRule, listener: Listener) -> Doubt:
    process = rule.conditions.process
    return process.doubt(listener) if process else Doubt("", "")


_EPHEMERAL = "unconnected UDP in the host's ephemeral range, usually a client that waits for an answer"
_UNAPPROVED = {"unassigned": "unassigned-port", "reserved": "reserved-port"}


def unapproved(seen: SeenListener, defaults: Defaults) -> Finding | None:
    """No rule selects it: the registry gives the code, the defaults the verdict. None: the defaults ignore it."""
    listener = seen.listener
    if is_ephemeral_udp(listener):
        code, action = "ephemeral-udp", defaults.ephemeral_udp
    else:
        code = _UNAPPROVED.get(seen.registry.status, "unlisted-listener")
        action = {"unassigned-port": defaults.unassigned, "reserved-port": defaults.reserved}.get(
            code, defaults.unlisted
        )
    if seen.reach == 0:
        action = defaults.reach_host
    if action == "ignore":
        return None
    return seen.finding(
        code,
        verdict=action,
        severity=defaults.severity,
        message=_nobody_approved(code, seen.registry),
        place=defaults.place,
        layer=defaults.place.layer if defaults.place else None,
    )


def _nobody_approved(code: str, status: RegistryStatus) -> str:
    return f"no rule approves it; {_EPHEMERAL if code == 'ephemeral-udp' else _listener_labels.registry(status)}"


def nobody_approved_them(code: str, status: RegistryStatus) -> str:
    """The same of several ports with the same status."""
    why = _EPHEMERAL if code == "ephemeral-udp" else _listener_labels.registry(status, several=True)
    return f"no rule approves them; {why}"
