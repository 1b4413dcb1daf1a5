# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that stop what listens, or show what it is.

Names are of the host's choosing, and people copy commands into shells of root. A name that is not of the few characters
that such a name has is in no command: quoting alone would leave it to the eye to see what it is.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._socket import Listener
from .._common._printable import printable
from .._judge.conditions._state import PUBLISHED
from ._advice_model import Command
from ._subject import Subject

# systemd.unit(5), less the backslash. A dash in front would be an option.
_UNIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@-]{0,249}\.(service|socket)")
_BY_CHANCE = re.compile(r"run-|session-|user@|user-runtime-dir@|dbus-:")
# Stopping these takes away the way to the host, its network, names, logs and guards, or whatever else they start.
_NEEDED = re.compile(
    r"(?:(?:sshd?|dropbear|tinysshd?|teleport|tailscaled|zerotier-one|wg-quick|nebula|ipsec|sssd|nscd"
    r"|dbus|dbus-broker|NetworkManager|network(?:ing)?|netctl|ifup|connman|iwd|wpa_supplicant|dhcpcd|dhclient"
    r"|auditd|rsyslog|syslog-ng|firewalld|nftables|ip6?tables|ufw|fail2ban|apparmor|falcon-sensor|wazuh-agent"
    r"|containerd|docker|podman|kubelet|k3s|k3s-agent|crio?|cri-o|cri-docker|libvirtd|virtqemud"
    r"|inetd|xinetd|openbsd-inetd)"
    r"|(?:openvpn|strongswan|wicked|netplan|cloud|systemd|rke2|lxc|lxd|incus|snap\.(?:docker|lxd|microk8s))[^@]*)"
    r"(?:@.*)?\.(?:service|socket)"
)
_CONTAINER = re.compile(r"[0-9a-f]{12,64}")
_ENGINES = {"docker": "sudo docker stop", "podman": "podman stop"}
_SOCKETS = {"tcp": "t", "udp": "u", "sctp": "S"}  # options of ss(8)
# Where the advice is to close it or to bind it narrower.
CLOSING = frozenset(
    (
        *("forbidden-listener", "wrong-address", "excess-reach", "wrong-owner"),
        *("unassigned-port", "reserved-port", "unlisted-listener"),
    )
)


def commands(subject: Subject) -> tuple[Command, ...]:
    """Those for the codes whose findings are about a listener; none for what cannot be named safely."""
    code = subject.finding.code
    if code == "missing-listener":
        return tuple(_start(subject))
    if code in CLOSING:
        return tuple(_close(subject)) or tuple(_show(subject))
    return tuple(_show(subject)) if code in ("unverified-owner", "ephemeral-udp") else ()


def _close(subject: Subject) -> t.Iterator[Command]:
    """Units of systemd and container engines are of Linux; other systems have services of the same names."""
    if subject.platform != "linux":
        return
    published = [one for one in subject.listeners if one.state == PUBLISHED or _is_proxy(one)]
    if published and published[0].published_by == "ipvs":  # no engine of containers on one host does
        return
    if published:
        yield from _of_published(subject, published[0])
    elif subject.container is not None:
        yield from _of_container(subject)
    elif not any(_is_contained(one) for one in subject.listeners):
        yield from _of_units(subject)


def _of_published(subject: Subject, listener: Listener) -> t.Iterator[Command]:
    """The container is not known here; Docker finds it by its port."""
    if len(subject.ports) == 1:
        what = "Show the container that publishes the port"
        condition = "" if _is_proxy(listener) else ", if Docker does"
        protocol = subject.finding.protocol
        yield Command(f"{what}{condition}", f"sudo docker ps --filter publish={subject.ports[0]}/{protocol}")


def _is_proxy(listener: Listener) -> bool:
    return any(owner.name == "docker-proxy" for owner in listener.owners)


def _is_contained(listener: Listener) -> bool:
    """A unit in there would be looked for on the host."""
    return bool(listener.container) or any(owner.container for owner in listener.owners)


def _of_container(subject: Subject) -> t.Iterator[Command]:
    engines = {one.engine for one in subject.listeners}
    if "docker" in engines and any(map(_is_of_a_user, subject.listeners)):
        return  # below its own manager a user names cgroups, also after the containers of others
    stop = _ENGINES.get(str(engines.pop())) if len(engines) == 1 else None
    if stop and subject.container and _CONTAINER.fullmatch(subject.container):
        who = "" if stop.startswith("sudo") else ", as the user that runs it"
        yield Command(f"Stop the container{who}", f"{stop} {subject.container[:12]}")


def _is_of_a_user(listener: Listener) -> bool:
    names = (listener.unit, listener.unit_conflict, *(owner.unit for owner in listener.owners))
    return any(_BY_CHANCE.match(name) for name in names if name)


def _of_units(subject: Subject) -> t.Iterator[Command]:
    """Hosts that name different units get no command: one of them could name what others need."""
    found = {_units(one) for one in subject.listeners}
    names = sorted(found.pop()) if len(found) == 1 else []
    if names and all(map(_can_stop, names)):
        yield Command("Stop it, now and after a reboot", f"sudo systemctl disable --now {' '.join(names)}")


def _units(listener: Listener) -> frozenset[str]:
    """The unit of all its owners, and the .socket unit; of owners in several units there is none to stop."""
    units = frozenset(filter(None, (listener.unit, listener.unit_conflict, *(it.unit for it in listener.owners))))
    if len(units) > 1:
        return frozenset()
    return units | {listener.socket_unit} if listener.socket_unit else units


def _is_plain(name: str) -> bool:
    """Reports show it as it is, too: what a CI system takes for a command to it (``x::error::``) is shown otherwise."""
    return bool(_UNIT.fullmatch(name)) and printable(name) == name


def _can_stop(name: str) -> bool:
    return _is_plain(name) and not _BY_CHANCE.match(name) and not _NEEDED.fullmatch(name)


def _start(subject: Subject) -> t.Iterator[Command]:
    """What the rule names is of the policy, and a glob names no unit."""
    process = subject.rule.process if subject.rule else None
    units = process.unit if process else ()
    if subject.platform == "linux" and len(units) == 1 and _is_plain(units[0]):
        yield Command("Start it, now and after a reboot", f"sudo systemctl enable --now {units[0]}")


def _show(subject: Subject) -> t.Iterator[Command]:
    """Who has the port, as root of the host sees it."""
    if len(subject.ports) != 1 or subject.other_namespace:  # the host's own sockets are others
        return
    line = _look(subject.platform, str(subject.finding.protocol), subject.ports[0])
    if line:
        yield Command("Show what has the port", line)


def _look(platform: str | None, protocol: str, port: int) -> str | None:
    if platform == "linux" and protocol in _SOCKETS:
        return f"sudo ss -ln{_SOCKETS[protocol]}p 'sport = :{port}'"
    if platform == "macos" and protocol in ("tcp", "udp"):
        listening = " -sTCP:LISTEN" if protocol == "tcp" else ""
        return f"sudo lsof -nP -i{protocol.upper()}:{port}{listening}"
    if platform == "freebsd" and protocol in ("tcp", "udp"):
        return f"sudo sockstat -l -P {protocol} -p {port}"
    if platform == "windows" and protocol in ("tcp", "udp"):
        kind = "NetTCPConnection -State Listen" if protocol == "tcp" else "NetUDPEndpoint"
        return f"Get-{kind} -LocalPort {port} | Select-Object LocalAddress, OwningProcess"
    return None
