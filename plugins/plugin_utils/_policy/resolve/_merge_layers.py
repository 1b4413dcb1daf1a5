# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several layers become one policy. What does not fit together is reported with both places."""

from __future__ import annotations

import dataclasses
import typing as t

from .._message_words import found
from .._policy_errors import Path
from .._policy_model import Defaults, Network, Policy, Rule, Waiver
from ..source._lists import listed, mappings
from ..source._policy_document import Document

_NAMES = 3
_Item = t.TypeVar("_Item", Rule, Waiver)
_First = dict[str, tuple[Document, Path]]


def check_layers(documents: t.Sequence[Document]) -> None:
    """Report the ids, services and networks on which layers disagree."""
    sound = [document for document in documents if isinstance(document.data, dict)]
    for kind in ("rules", "waivers"):
        _check_ids(sound, kind)
    _check_services(sound)
    _check_networks(sound)


def merge(policies: t.Sequence[Policy], documents: t.Sequence[Document]) -> Policy:
    """The policy that the layers make together, the earliest first; ``sha256`` is still empty."""
    if len(policies) == 1:
        return policies[0]
    return Policy(
        name=_name([policy.name for policy in policies]),
        sha256="",
        sources=tuple(source for policy in policies for source in policy.sources),
        defaults=_defaults(policies, documents),
        public_networks=_distinct(network for policy in policies for network in policy.public_networks),
        private_networks=_distinct(network for policy in policies for network in policy.private_networks),
        rules=_last(rule for policy in policies for rule in policy.rules),
        waivers=_last(waiver for policy in policies for waiver in policy.waivers),
        service_names={name: items for policy in policies for name, items in policy.service_names.items()},
    )


def _name(names: t.Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return " + ".join(names[:_NAMES]) + more


def _defaults(policies: t.Sequence[Policy], documents: t.Sequence[Document]) -> Defaults:
    """Key by key, a later layer's word counts."""
    said: dict[str, t.Any] = {}
    place = policies[0].defaults.place
    for policy, document in zip(policies, documents, strict=True):
        if "defaults" in document.data:
            said.update(document.data["defaults"])
            place = policy.defaults.place
    return dataclasses.replace(Defaults(**said), place=place)


def _distinct(networks: t.Iterable[Network]) -> tuple[Network, ...]:
    return tuple(dict.fromkeys(networks))


def _last(items: t.Iterable[_Item]) -> tuple[_Item, ...]:
    """The last of each id; whether it may replace the one before was checked."""
    return tuple({item.id: item for item in items}.values())


def _check_ids(documents: t.Sequence[Document], kind: str) -> None:
    first: _First = {}
    for document in documents:
        own = [
            (raw, path) for raw, path in mappings(document.data.get(kind), (kind,)) if isinstance(raw.get("id"), str)
        ]
        for raw, path in own:
            _check_id(raw, path, document=document, first=first)
        first.update((raw["id"], (document, path)) for raw, path in own)


def _check_id(raw: t.Mapping[str, t.Any], path: Path, *, document: Document, first: _First) -> None:
    name, override = raw["id"], raw.get("override") is True
    if name in first and not override:
        where = _where(*first[name])
        message = f"the id is already used, found {found(name)}, first at {where}; to replace it, set override: true"
        document.report((*path, "id"), message)
    elif override and name not in first:
        message = f"replaces nothing: no earlier layer has the id {found(name)}"
        document.report((*path, "override"), message)


def _check_services(documents: t.Sequence[Document]) -> None:
    first: dict[str, Document] = {}
    for document in documents:
        services = document.data.get("services")
        for name, entries in services.items() if isinstance(services, dict) else ():
            other = first.setdefault(name, document)
            if other is not document and other.data["services"][name] != entries:
                where = _where(other, ("services", name))
                document.report(
                    ("services", name), f"is defined with other ports at {where}; a name can have only one meaning"
                )


def _check_networks(documents: t.Sequence[Document]) -> None:
    first: dict[tuple[str, str], tuple[Document, Path]] = {}
    for document in documents:
        networks = document.data.get("networks")
        for kind, other in (("public", "private"), ("private", "public")) if isinstance(networks, dict) else ():
            for word in listed(networks.get(kind)):
                path = ("networks", kind)
                first.setdefault((kind, str(word)), (document, path))
                known = first.get((other, str(word)))
                if known is not None and known[0] is not document:
                    document.report(path, f"{found(word)} is {other} at {_where(*known)}")


def _where(document: Document, path: Path) -> str:
    place = document.place(path)
    return f"{place} ({place.layer})" if place.layer else str(place)
