# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the judge says: findings, and a verdict with its basis for each listener and host."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import AlternatePath, Listener

from .._common._printable import printable
from .._policy._policy_model import SourcePlace
from .._registry._registry_entry import RegistryStatus

VERDICTS = ("pass", "waived", "warn", "unverified", "fail")  # best to worst


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing wrong or unknown about a listener, a host (no port) or the policy (``host`` is None).

    ``verdict`` is fail | warn | waived | unverified; ``before_waiver`` what it was when a waiver covers it.
    ``place`` is the policy line that speaks. ``message`` becomes one printable line, for
    names in it are of the host's choosing. ``hazard``: the id of a service that should not be open that wide, and
    ``why`` not, in a sentence.
    """

    code: str
    verdict: str
    severity: str
    message: str
    host: str | None = None
    protocol: str | None = None
    family: str | None = None
    address: str | None = None
    port: int | None = None
    port_label: str | None = None  # missing-listener: the item of the rule, "8000-8099"; several ports in one finding
    device: str | None = None
    namespace: int | None = None
    owner: str | None = None  # short label of who holds it
    unit: str | None = None
    rule: str | None = None
    waiver: str | None = None
    before_waiver: str | None = None
    expected: str | None = None
    found: str | None = None
    registry: str | None = None
    reach: str | None = None
    place: SourcePlace | None = None
    layer: str | None = None  # the name of the policy document that it came from
    controls: tuple[tuple[str, str, str], ...] = ()  # framework, version, id
    hazard: str | None = None
    why: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", printable(self.message))


@dataclasses.dataclass(frozen=True)
class JudgedListener:
    """A listener with everything that was concluded about it.

    ``basis`` of a pass: ``port``, ``port+unit``, ``port+owner`` (a rule, named in ``rule``), ``default`` (ignored by
    defaults), else None.
    """

    listener: Listener
    registry: RegistryStatus
    reach: str
    verdict: str
    basis: str | None = None
    rule: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclasses.dataclass(frozen=True)
class HostResult:
    """Everything about one host. ``rules_used``/``waivers_used``: ids that spoke, for unused-rule and unused-waiver.

    ``unread``: what was not all read, so that a match may have been hidden: ``listeners``, ``owners``, ``units``,
    ``addresses``, ``paths``.
    """

    host: str
    verdict: str
    listeners: tuple[JudgedListener, ...] = ()
    findings: tuple[Finding, ...] = ()  # all of them, of listeners and host, sorted
    rules_used: frozenset[str] = frozenset()
    waivers_used: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class HostFacts:
    """What the judge needs to know of a host beside its listeners.

    ``addresses``: None when the host's own addresses are unknown. ``gaps`` as in evidence. ``namespace`` is the host's
    own network namespace, None when that is unknown. ``paths`` are ways in that have no port. ``owners_complete``:
    whether the descriptors of every process were read. ``delivery``: what is local beside the addresses, empty where
    the collector tells nothing of it.
    """

    name: str
    groups: frozenset[str] = frozenset()
    addresses: tuple[HostAddress, ...] | None = None
    gaps: tuple[t.Mapping[str, t.Any], ...] = ()
    namespace: int | None = None
    paths: tuple[AlternatePath, ...] = ()
    owners_complete: bool = False
    delivery: tuple[Delivery, ...] = ()


@dataclasses.dataclass(frozen=True)
class HostAddress:
    address: str
    device: str | None
    namespace: int | None


@dataclasses.dataclass(frozen=True)
class LocalNetwork:
    """Addresses that a route makes the host's own. ``vrf``: for packets of that one; None: for those of none."""

    network: str
    device: str | None
    vrf: str | None
    table: int


@dataclasses.dataclass(frozen=True)
class Vrf:
    """``closed``: families of which its packets never come to what is local for all others."""

    device: str
    members: frozenset[str]
    closed: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Localnet:
    """Where packets from other hosts to 127.0.0.0/8 are taken.

    ``everywhere`` (``all``) and ``filtered`` (whether a packet filter may drop them) are None where that is not known.
    """

    everywhere: bool | None
    devices: frozenset[str]
    filtered: bool | None


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What one network namespace takes as its own beside the addresses of its devices.

    ``bridges``: the devices below each device that has such. ``accepts``: whether TCP, and UDP, sockets bound to no
    device take packets of VRFs; None: not known.
    """

    namespace: int | None
    networks: tuple[LocalNetwork, ...] = ()
    bridges: t.Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    vrfs: tuple[Vrf, ...] = ()
    accepts: tuple[bool | None, bool | None] = (False, False)
    localnet: Localnet | None = None
