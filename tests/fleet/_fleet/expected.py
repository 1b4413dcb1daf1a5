# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit of the fleet has to find: every finding of every host, derived by hand from the meaning of the policy.

Nothing here was copied from a report. A host that is not named has no finding.
"""

from __future__ import annotations

import typing as t


class Found(t.NamedTuple):
    """One finding of a host."""

    code: str
    verdict: str
    protocol: str | None
    address: str | None
    port: int | None
    rule: str | None = None
    severity: str = "medium"
    waiver: str | None = None


FINDINGS: dict[str, list[Found]] = {
    "web1": [],
    "web2": [
        Found("unassigned-port", "fail", "tcp", "0.0.0.0", 81),  # its waiver expired the day before
        Found("unlisted-listener", "fail", "tcp", "0.0.0.0", 603),  # IANA assigned it, whatever the web says
        Found("reserved-port", "waived", "tcp", "0.0.0.0", 1023, waiver="W-last-day"),
        Found("unlisted-listener", "fail", "tcp", "0.0.0.0", 50123),  # nobody can have a dynamic port assigned
        Found("wrong-owner", "fail", "tcp", "0.0.0.0", 443, "web", "high"),
        Found("missing-listener", "fail", "tcp", None, 443, "web", "high"),
    ],
    "db1": [],
    "db2": [
        Found("missing-listener", "fail", "tcp", None, 5432, "postgres"),
        # The policy gives these no severity of their own; known hazards do.
        Found("excess-reach", "waived", "tcp", "0.0.0.0", 6379, "redis-db", "high", "W-redis"),
        Found("excess-reach", "waived", "tcp", "::", 6379, "redis-db", "high", "W-redis"),
    ],
    "cache1": [
        # W-silent does not name the code.
        Found("forbidden-listener", "fail", "udp", "10.77.0.31", 11211, "no-memcached-udp", "critical"),
    ],
    "cache2": [
        Found("wrong-owner", "fail", "tcp", "10.77.0.32", 6379, "redis-cache", "high"),
        Found("wrong-address", "fail", "tcp", "0.0.0.0", 11211, "memcached", "high"),
        Found("forbidden-listener", "waived", "udp", "0.0.0.0", 11211, "no-memcached-udp", "critical", "W-forbidden"),
    ],
    "edge1": [
        Found("excess-reach", "fail", "tcp", "0.0.0.0", 8443, "admin-ui"),  # of the public device; 8444's is private
        Found("excess-reach", "fail", "tcp", "::", 9090, "metrics"),  # dual-stack, and its IPv4 is public
    ],
    "edge2": [
        Found("excess-reach", "fail", "tcp", "10.77.99.12", 8443, "admin-ui"),  # the policy calls it public
        Found("ephemeral-udp", "warn", "udp", "0.0.0.0", 40123),
        Found("unassigned-port", "fail", "udp", "0.0.0.0", 40124),  # reserved from the ephemeral range
        Found("unassigned-port", "fail", "tcp", "0.0.0.0", 40125),  # TCP in that range is never excused
        Found("unlisted-listener", "waived", "tcp", "0.0.0.0", 50123, waiver="W-long"),
    ],
    "app1": [
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 9101, "batch"),  # two units, one of them right
    ],
    "app2": [
        Found("wrong-owner", "fail", "tcp", "10.77.0.52", 9100, "exporter"),
        Found("wrong-owner", "fail", "tcp", "fd77::52", 9100, "exporter"),
        Found("wrong-owner", "fail", "tcp", "fd77::52", 9102, "agent"),  # a user's unit matches not even "*"
    ],
    "app3": [
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 8088, "activated", "high"),
    ],
    "hostile1": [
        Found("unassigned-port", "fail", "tcp", "0.0.0.0", 81),
        Found("unlisted-listener", "fail", "tcp", "0.0.0.0", 8081),
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 2022, "ssh-alt"),  # a mounted-over /usr/sbin/sshd
        Found(
            "unverified-owner", "unverified", "tcp", "0.0.0.0", 6667, "no-irc"
        ),  # maybe forbidden: nobody may allow it
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 9999, "distinct"),
    ],
    "plain1": [
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 22, "ssh", "high"),
        Found("unverified-owner", "unverified", "tcp", "::", 22, "ssh", "high"),
        Found("missing-listener", "unverified", "tcp", None, 22, "ssh", "high"),
        Found("unverified-owner", "unverified", "tcp", "0.0.0.0", 9100, "exporter"),
        Found("wrong-owner", "fail", "tcp", "0.0.0.0", 9101, "batch"),  # the user's own: that much can be seen
        Found("collection-gap", "unverified", None, None, None),  # published ports
    ],
}

VERDICTS = {
    "web1": "pass",
    "web2": "fail",
    "db1": "pass",
    "db2": "fail",
    "cache1": "fail",
    "cache2": "fail",
    "edge1": "fail",
    "edge2": "fail",
    "app1": "unverified",
    "app2": "fail",
    "app3": "unverified",
    "hostile1": "fail",
    "plain1": "fail",
}

# Code, rule, waiver, and what the message has to name.
POLICY_FINDINGS = [
    ("expired-waiver", None, "W-expired", "2027-06-14"),
    ("expiring-waiver", None, "W-last-day", "2027-06-15"),
    ("long-waiver", None, "W-long", "2030-01-01"),
    ("overdue-review", "stream", None, "2027-06-01"),
    ("unknown-target", "mistyped", None, "webb"),
    ("unused-rule", "kibana", None, "kibana"),
    ("unused-waiver", None, "W-silent", "W-silent"),
]
