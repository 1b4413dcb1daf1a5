# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that the filter and the look-up take, as people write them in playbooks."""

from __future__ import annotations

import typing as t

from ._lookup import Registry


def describe(port: t.Any, protocol: t.Any) -> dict[str, t.Any]:
    """What IANA says of ``port`` for ``protocol``, as plain JSON types.

    ``port`` is a number or text with a number in it, 0 to 65535. Raises ValueError for anything else.
    """
    if not isinstance(protocol, str):
        raise ValueError(f"protocol is {protocol!r}, expected a name such as 'tcp'")
    status = Registry.load().status(_port(port), str(protocol).strip().lower())
    return {
        "port": status.port,
        "protocol": status.protocol,
        "status": status.status,
        "range": status.range,
        "name": status.name,
        "aliases": list(status.aliases),
        "description": status.description,
    }


def split(term: t.Any, protocol: t.Any) -> tuple[t.Any, t.Any]:
    """Take ``603/tcp`` apart; a term without a protocol has ``protocol``. Raises ValueError when there is none."""
    if isinstance(term, str) and "/" in term:
        port, own = term.split("/", 1)
        return port, own
    if protocol is None:
        raise ValueError(f"{term!r} has no protocol: write '{term}/tcp', or give protocol='tcp'")
    return term, protocol


def _port(value: t.Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    raise ValueError(f"{value!r} is not a port: a number from 0 to 65535")
