# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short words for ports, places and what IANA says of them, in messages. No host: a fleet groups findings by them."""

from __future__ import annotations

from ...module_utils._socket import AlternatePath, Listener
from .._policy._policy_model import PortItem
from .._registry._registry_entry import RegistryStatus


def inside(listener: Listener | AlternatePath, host: int | None) -> str:
    """Where it listens, when that is not the host's own network namespace: `` in docker 7c9e6a1f0b7d``."""
    if host is None or listener.namespace in (None, host):
        return ""
    if isinstance(listener, Listener) and listener.container:
        return f" in {listener.engine or 'container'} {listener.container[:12]}"
    return f" in network namespace {listener.namespace}"


def item(wanted: PortItem) -> str:
    """``22/tcp``; with the author's word where it is not the number: ``ssh (22/tcp)``."""
    ports = str(wanted.first) if wanted.first == wanted.last else f"{wanted.first}-{wanted.last}"
    return f"{ports}/{wanted.protocol}" if wanted.label == ports else f"{wanted.label} ({ports}/{wanted.protocol})"


def registry(status: RegistryStatus, *, several: bool = False) -> str:
    """What IANA says, as the end of a sentence; of ``several`` ports no name, which may be another for each."""
    if status.status == "dynamic":
        return "IANA does not assign dynamic ports"
    if several:
        return f"IANA has these ports {status.status}"
    return f"IANA: {status.name}" if status.status == "assigned" else f"IANA has this port {status.status}"
