# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a host could not be compared, in words, each with what lets it be compared."""

from __future__ import annotations

import typing as t

from .._common._counted import some

_PORTS = 5
_OWNERS = "not all owners were read in both runs: audit with become and owners: all in both runs"


def partly(protocols: t.Iterable[str]) -> str:
    """Why some protocols were left out."""
    return (
        f"not compared for {', '.join(protocols)}: listeners may be missing from one of the runs, "
        "and the gaps in its report show how to find them"
    )


def perhaps(kind: str, ports: t.Sequence[str]) -> str:
    """Why nobody knows whether listeners on these ports (``8081/tcp``) changed in this way."""
    return f"it is unknown whether {some(list(dict.fromkeys(ports)), _PORTS)} {_VERBS[kind]}: {_OWNERS}"


_VERBS = {
    "opened": "opened",
    "widened": "widened",
    "replaced": "changed the owner",
    "moved": "moved",
    "closed": "closed",
}
