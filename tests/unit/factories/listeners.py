# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners and their owners."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, Owner

NAMESPACE = 4026531840

SSHD = Owner(
    pid=700,
    name="sshd",
    exe="/usr/sbin/sshd",
    exe_deleted=False,
    exe_on_host=True,
    uid=0,
    user="root",
    unit="ssh.service",
)
JAVA = SSHD._replace(pid=900, name="java", exe="/usr/bin/java", uid=1000, user="app", unit="app.service")


def owner(base: Owner = SSHD, **changes: t.Any) -> Owner:
    """An owner with changes, sshd unless told."""
    return base._replace(**changes)


def owner_named(name: str, exe: str | None = None, **fields: t.Any) -> Owner:
    """An owner of its own: root's, below ``/usr/sbin`` and of no unit unless told."""
    values = {"pid": 812, "uid": 0, "user": "root", "exe_deleted": False, "exe_on_host": True, **fields}
    return Owner(name=name, exe=exe or f"/usr/sbin/{name}", **values)


def listener(
    port: int = 22, *owners: Owner, protocol: str = "tcp", address: str = "0.0.0.0", **changes: t.Any
) -> Listener:
    """A listener of the host's own namespace, all of whose owners were seen; sshd holds it unless told."""
    held = owners or (SSHD,)
    made = Listener(
        protocol=protocol,
        family="ipv6" if ":" in address else "ipv4",
        address=address,
        port=port,
        state="listen" if protocol in ("tcp", "sctp", "dccp") else "unconnected",
        namespace=NAMESPACE,
        owners=held,
        owners_complete=True,
        owner_status="known",
        unit=held[0].unit,
        unit_source="process",
        ephemeral=False,
    )
    return made._replace(**changes)


def unowned(status: str, port: int = 22, **changes: t.Any) -> Listener:
    """A listener for which no owner was seen."""
    plain = {"owners": (), "owners_complete": False, "owner_status": status, "unit": None, "unit_source": None}
    return listener(port, **{**plain, **changes})


def published(port: int = 8080, **changes: t.Any) -> Listener:
    """A port that rules of a packet filter lead to a container, without a socket."""
    rules = {"state": "published", "sockets": 0, "published_by": "iptables", "published_to": ("172.17.0.2:80",)}
    return unowned("kernel", port, **{**rules, **changes})


PROXY = owner(name="docker-proxy", exe="/usr/bin/docker-proxy", unit="docker.service")
APP = listener(8081, JAVA)
