# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to bind a service to fewer addresses: words of known hazards and of programs that most hosts have."""

from __future__ import annotations

import re
import typing as t

from ...module_utils._socket import Listener
from .._hazards._hazard import Hazard
from .._judge.conditions._state import PUBLISHED
from ._commands import CLOSING
from ._subject import Subject

# By the name of the executable. {port} is its port.
_PROGRAMS = {
    "sshd": "set ListenAddress in /etc/ssh/sshd_config",
    "nginx": "set listen 127.0.0.1:{port} in its server block",
    "apache2": "set Listen 127.0.0.1:{port} in /etc/apache2/ports.conf",
    "httpd": "set Listen 127.0.0.1:{port} in its configuration",
    "haproxy": "set bind 127.0.0.1:{port} in haproxy.cfg",
    "master": "set inet_interfaces = loopback-only in /etc/postfix/main.cf",
    "exim4": "set dc_local_interfaces='127.0.0.1 ; ::1' in /etc/exim4/update-exim4.conf.conf",
    "dnsmasq": "set listen-address=127.0.0.1 and bind-interfaces in dnsmasq.conf",
    "named": "set listen-on { 127.0.0.1; } in the options of named.conf",
    "unbound": "set interface: 127.0.0.1 in unbound.conf",
    "chronyd": "set port 0 in chrony.conf if it serves no clients",
    "avahi-daemon": "set allow-interfaces in /etc/avahi/avahi-daemon.conf",
    "systemd-resolved": "set LLMNR=no and MulticastDNS=no in /etc/systemd/resolved.conf",
}
_TARGET = re.compile(r"[0-9]{1,5}")
_KEYS = {"tcp": "ListenStream", "udp": "ListenDatagram"}  # of systemd.socket(5)


def narrower(subject: Subject, hazard: Hazard | None) -> str | None:
    """A sentence without its full stop, or None: nothing is known, or no address would do."""
    if subject.finding.code not in CLOSING - {"forbidden-listener"} or not subject.listeners:
        return None
    for advice in (_published(subject), hazard.narrower if hazard else None, _by_socket(subject), _by_program(subject)):
        if advice:
            return advice
    return None


def _published(subject: Subject) -> str | None:
    """Container engines publish on all addresses unless told."""
    listener = subject.listeners[0]
    if listener.state != PUBLISHED or listener.published_by == "ipvs" or len(subject.ports) != 1:
        return None
    targets = {text.rpartition(":")[2] for text in listener.published_to}
    target = targets.pop() if len(targets) == 1 else ""
    port = subject.ports[0]
    where = f"{port}:{target}" if _TARGET.fullmatch(target) else f"{port}:PORT"
    kind = "" if subject.finding.protocol == "tcp" else f"/{subject.finding.protocol}"
    return f"publish it as 127.0.0.1:{where}{kind} (docker run -p, ports of Compose)"


def _by_socket(subject: Subject) -> str | None:
    """A .socket unit says where it listens, and the program does not."""
    key = _KEYS.get(str(subject.finding.protocol))
    if key is None or not all(one.socket_unit for one in subject.listeners) or len(subject.ports) != 1:
        return None
    return f"set {key}= and {key}=127.0.0.1:{subject.ports[0]} in its socket unit (systemctl edit)"


def _by_program(subject: Subject) -> str | None:
    names = {name for one in subject.listeners for name in _programs(one)}
    found = _PROGRAMS.get(names.pop() or "") if len(names) == 1 else None
    if found is None or ("{port}" in found and len(subject.ports) != 1):
        return None
    return found.replace("{port}", str(subject.ports[0])) if subject.ports else None


def _programs(listener: Listener) -> t.Iterator[str | None]:
    for owner in listener.owners:
        yield owner.exe.rpartition("/")[2] if owner.exe else None
