# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services whose protocols send passwords in clear text or have none, such as PCI DSS 2.2.5 means."""

from __future__ import annotations

from ._policy_model import Rule

# The ports are those that IANA assigned to them.
INSECURE = {
    ("tcp", 20): "FTP",
    ("tcp", 21): "FTP",
    ("tcp", 23): "Telnet",
    ("udp", 69): "TFTP",
    ("tcp", 110): "POP3",
    ("tcp", 143): "IMAP",
    ("udp", 161): "SNMP version 1 or 2",
    ("tcp", 512): "rexec",
    ("tcp", 513): "rlogin",
    ("tcp", 514): "rsh",
}


def insecure_names(rule: Rule) -> list[str]:
    """The insecure services whose ports a rule covers."""
    names = {
        name: None
        for (protocol, port), name in INSECURE.items()
        for item in rule.ports
        if item.protocol == protocol and item.first <= port <= item.last
    }
    return list(names)
