# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registry answers, and the protocols it knows."""

from __future__ import annotations

import dataclasses

# The transports that IANA registers ports for, and the letter that stands for each in the data file.
TRANSPORTS = {"tcp": "t", "udp": "u", "sctp": "s", "dccp": "d"}

# UDP-Lite shares UDP's port numbers and their assignments (RFC 3828, section 6).
SHARED = {"udplite": "udp"}

# Ranges of RFC 6335, section 6: system 0-1023, user 1024-49151, dynamic 49152-65535.
FIRST_USER = 1024
FIRST_DYNAMIC = 49152
LAST_PORT = 65535


@dataclasses.dataclass(frozen=True)
class RegistryStatus:
    """What IANA says of one port and transport.

    ``status``: assigned | reserved | unassigned | dynamic. ``range``: system | user | dynamic (RFC 6335).
    ``name`` is the first service that IANA lists, ``aliases`` the others; both empty unless assigned.
    """

    port: int
    protocol: str
    status: str
    range: str
    name: str | None = None
    aliases: tuple[str, ...] = ()
    description: str | None = None


def port_range(port: int) -> str:
    """The range of RFC 6335 that a port lies in: system, user or dynamic."""
    if port < FIRST_USER:
        return "system"
    return "user" if port < FIRST_DYNAMIC else "dynamic"
