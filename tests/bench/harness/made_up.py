# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large policy and a host with as many listeners, made up but shaped like real ones; the same every time."""

from __future__ import annotations

import typing as t

FIRST_PORT = 1024
_OWNERS = ("web", "db", "batch", "edge")


def policy_text(rules: int) -> str:
    """A policy file of so many rules: one port, a range, names or a list; conditions on reach, address and process."""
    return "\n".join(["version: 1", "name: large", "rules:", *(_rule(number) for number in range(rules))]) + "\n"


def _rule(number: int) -> str:
    port = FIRST_PORT + number
    lines = [
        f"  - id: service-{number}",
        f"    protocol: {('tcp', 'udp', '[tcp, udp]')[number % 3]}",
        f"    port: {(port, f'{port}-{port + 5}', f'[{port}, {port + 7}, https]')[number % 5 % 3]}",
        *_conditions(number),
        f"    severity: {('low', 'medium', 'high', 'critical')[number % 4]}",
        f"    owner: team-{_OWNERS[number % 4]}",
        f"    justification: service {number} of the platform",
        f"    ticket: CHG-{number}",
        "    approved_by: security",
        "    approved_on: 2026-01-05",
        "    review_by: 2099-01-05",
        '    controls: [{framework: cis-debian-12, version: "1.1.0", id: "2.1.22"}]',
    ]
    return "\n".join(lines)


def _conditions(number: int) -> t.Iterator[str]:
    if number % 25 == 24:
        yield "    expect: forbidden"
    else:
        yield f"    reach: {('host', 'private', 'public', 'public')[number % 4]}"
        if number % 4 == 1:
            yield "    address: [10.0.0.0/8, 192.168.0.0/16, 127.0.0.0/8]"
    if number % 3 == 0:
        yield f'    process: {{exe: /usr/sbin/svc-{number}, user: svc, unit: "svc-{number}*.service"}}'
    if number % 6 == 5:
        yield f"    applies_to: {{groups: [{_OWNERS[number % 4]}], not_groups: [dmz]}}"


def listeners(count: int) -> list[dict[str, t.Any]]:
    """So many listeners, in the shape of evidence; most are on a port that some rule of the policy has."""
    return [_listener(number) for number in range(count)]


def _listener(number: int) -> dict[str, t.Any]:
    ipv6 = number % 2 == 1
    addresses = ("::", "::1", "fe80::1") if ipv6 else ("0.0.0.0", "127.0.0.1", "10.1.2.3")
    unit = f"svc-{number}.service"
    owner = {
        "pid": 1000 + number,
        "name": f"svc-{number}"[:15],
        "exe": f"/usr/sbin/svc-{number}",
        "exe_deleted": False,
        "exe_on_host": True,
        "uid": 999,
        "user": "svc",
        "unit": unit,
        "container": None,
        "started": "2026-01-05T08:00:00Z",
    }
    return {
        "protocol": "tcp" if number % 3 else "udp",
        "family": "ipv6" if ipv6 else "ipv4",
        "address": addresses[number % 5 % 3],
        "port": FIRST_PORT + number,
        "state": "listen" if number % 3 else "unconnected",
        "dual_stack": True if ipv6 else None,
        "namespace": 4026531840,
        "uid": 999,
        "user": "svc",
        "inodes": [100_000 + number],
        "owners": [owner] if number % 50 else [],
        "owners_complete": bool(number % 50),
        "owner_status": "known" if number % 50 else "unattributed",
        "unit": unit,
        "unit_source": "socket",
        "ephemeral": False,
    }
