# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an evidence document to what the judge takes."""

from __future__ import annotations

import sys
import typing as t

from ...module_utils._socket import Listener, listener_from_dict, path_from_dict
from ._judgement import Delivery, HostAddress, HostFacts, Localnet, LocalNetwork, Vrf

Document = t.Mapping[str, t.Any]


def host_facts(document: Document) -> HostFacts:
    """What the judge needs to know of the host. Raises KeyError or TypeError on a document that is not evidence."""
    host = document["host"]
    addresses = host["addresses"]
    return HostFacts(
        name=host["name"],
        groups=frozenset(host["groups"]),
        addresses=None if addresses is None else tuple(_address(raw) for raw in addresses),
        gaps=tuple(document["collector"]["gaps"]),
        namespace=document["collector"]["namespaces"]["host"],
        paths=tuple(path_from_dict(raw) for raw in document["collector"].get("alternate_paths", ())),
        owners_complete=document["collector"].get("owners_complete", False),
        delivery=tuple(_delivery(raw) for raw in host.get("local_delivery") or ()),
    )


def listeners(document: Document) -> tuple[Listener, ...]:
    """The listeners of the host. Raises KeyError or TypeError on a document that is not evidence."""
    return tuple(listener_from_dict(_pooled(raw)) for raw in document["listeners"])


def _pooled(raw: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """With one string for all that are equal: a fleet repeats itself, and JSON that was read does not know."""
    values = {key: _pool(value) for key, value in raw.items()}
    values["owners"] = [{key: _pool(value) for key, value in owner.items()} for owner in raw["owners"]]
    return values


def _pool(value: t.Any) -> t.Any:
    """Strings alone, and none of a kind of string: Ansible marks where a value is from, and such cannot be interned.

    They can where ansible-core has patched sys.intern(), as 2.19 does.
    """
    exact = type(value) is str  # pylint: disable=unidiomatic-typecheck
    return sys.intern(value) if exact else value


def _address(raw: t.Mapping[str, t.Any]) -> HostAddress:
    return HostAddress(address=raw["address"], device=raw["device"], namespace=raw["namespace"])


def _delivery(raw: t.Mapping[str, t.Any]) -> Delivery:
    accept = raw["l3mdev_accept"] or {"tcp": False, "udp": False}
    return Delivery(
        namespace=raw["namespace"],
        networks=tuple(
            LocalNetwork(one["network"], one["device"], vrf=one["vrf"], table=one["table"]) for one in raw["networks"]
        ),
        bridges={one["device"]: frozenset(one["members"]) for one in raw["bridges"]},
        vrfs=tuple(Vrf(one["device"], frozenset(one["members"]), frozenset(one["closed"])) for one in raw["vrfs"]),
        accepts=(accept["tcp"], accept["udp"]),
        localnet=_localnet(raw["route_localnet"]),
    )


def _localnet(raw: t.Mapping[str, t.Any] | None) -> Localnet | None:
    if raw is None:
        return None
    return Localnet(everywhere=raw["all"], devices=frozenset(raw["devices"]), filtered=raw["filter"])
