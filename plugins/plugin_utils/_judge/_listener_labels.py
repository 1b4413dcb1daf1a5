# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short words for listeners in messages. No pid, no host: findings of a fleet are grouped by what they say."""

from __future__ import annotations

from ...module_utils._socket import AlternatePath, Listener, Owner
from .._policy._policy_model import PortItem
from .._registry._registry_entry import RegistryStatus

# Who holds a listener that no process can be named for, by owner_status.
HOLDERS = {
    "known": "an owner that could not be seen",
    "denied": "an owner that could not be seen (no privilege)",
    "kernel": "the kernel",
    "other_namespace": "a process of another pid namespace",
    "gone": "an owner that ended during the collection",
    "unattributed": "an owner that was not found",
    "not_collected": "an owner that was not collected",
    "unfinished": "an owner that was not found in time",
}


def holder(listener: Listener) -> str:
    """Who holds it: names of its processes, sorted, or why there is none to name."""
    return owner_label(listener) or HOLDERS.get(listener.owner_status, HOLDERS["unattributed"])


def inside(listener: Listener | AlternatePath, host: int | None) -> str:
    """Where it listens, when that is not the host's own network namespace: `` in docker 7c9e6a1f0b7d``."""
    if host is None or listener.namespace in (None, host):
        return ""
    if isinstance(listener, Listener) and listener.container:
        return f" in {listener.engine or 'container'} {listener.container[:12]}"
    return f" in network namespace {listener.namespace}"


def owner_label(listener: Listener | AlternatePath) -> str | None:
    """The names of its processes, None when there is none to name."""
    owners = listener.owners
    if isinstance(listener, Listener) and listener.published_by:
        return f"{listener.published_by} to {', '.join(listener.published_to)}"
    if len(owners) == 1:
        return _name(owners[0])
    return ", ".join(sorted({name for name in map(_name, owners) if name})) or None


def _name(owner: Owner) -> str | None:
    if owner.name:
        return owner.name
    return owner.exe.rpartition("/")[2] if owner.exe else owner.unit


def port(listener: Listener) -> str:
    """``8081/tcp``."""
    return f"{listener.port}/{listener.protocol}"


def item(wanted: PortItem) -> str:
    """``22/tcp``; with the author's word where it is not the number: ``ssh (22/tcp)``."""
    ports = str(wanted.first) if wanted.first == wanted.last else f"{wanted.first}-{wanted.last}"
    return f"{ports}/{wanted.protocol}" if wanted.label == ports else f"{wanted.label} ({ports}/{wanted.protocol})"


def registry_of_several(status: RegistryStatus) -> str:
    """The same of several ports, which may have several names."""
    if status.status == "dynamic":
        return "IANA does not assign dynamic ports"
    return f"IANA has these ports {status.status}"


def registry(status: RegistryStatus) -> str:
    """What IANA says, as the end of a sentence."""
    if status.status == "assigned":
        return f"IANA: {status.name}"
    if status.status == "dynamic":
        return "IANA does not assign dynamic ports"
    return f"IANA has this port {status.status}"
