# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps that no verdict may pass over: listeners that the collector could not see.

Other gaps speak where they matter: owners, units and addresses that were not seen make the conditions that need
them unknown, and spoil nothing else.
"""

from __future__ import annotations

import typing as t

from ....module_utils._socket import Listener
from ..._common._counted import some
from ..._policy._policy_model import Defaults
from .._judgement import Finding, HostFacts

_HIDING = frozenset({"listeners", "owners", "units", "addresses", "paths"})
_READ = ("kernel", "unattributed")  # all was read, and there is no process


def collection_gaps(facts: HostFacts, defaults: Defaults) -> t.Iterator[Finding]:
    """An unverified finding for each gap that may hide what would fail; equal ones once.

    Listeners may. A way in without a port may where the policy fails a host for it; a warning that nobody could give
    is not worth a verdict.
    """
    hiding = {"listeners", "paths"} if defaults.alternate_path == "fail" else {"listeners"}
    told = set()
    for gap in facts.gaps:
        said = (gap["code"], gap.get("protocol"), gap.get("family"), gap["detail"])
        if gap["affects"] in hiding and said not in told:
            told.add(said)
            yield _finding(gap, host=facts.name, severity=defaults.severity)


def _finding(gap: t.Mapping[str, t.Any], *, host: str, severity: str) -> Finding:
    hidden = "alternate paths" if gap["affects"] == "paths" else "listeners"
    what = " ".join(part for part in (gap.get("protocol"), gap.get("family"), hidden) if part)
    return Finding(
        code="collection-gap",
        verdict="unverified",
        severity=severity,
        message=f"{what} may be missing: {gap['detail']}",
        host=host,
        protocol=gap.get("protocol"),
        family=gap.get("family"),
        found=gap["code"],
    )


_SHOWN = 5
_LOCALNET = (
    "route_localnet is on or could not be read, and the audit did not check whether a packet filter drops packets from "
    "the link to 127.0.0.0/8: turn route_localnet off, or approve the listeners with reach: link"
)
_PUBLISHED = (
    "a published port is translated before the kernel refuses packets from the link to 127.0.0.0/8, and the audit did "
    "not check whether a packet filter drops them: approve the listeners with reach: link"
)


def loopback_in_doubt(listeners: t.Collection[Listener], *, host: str, severity: str) -> Finding:
    """Listeners on loopback addresses that pass only because nobody else reaches them, which is not known.

    One finding of the host: it is one setting, or one packet filter, that makes it so.
    """
    places = sorted({(listener.port, listener.protocol) for listener in listeners})
    ports = some([f"{port}/{protocol}" for port, protocol in places], _SHOWN)
    published = all(listener.state == "published" for listener in listeners)
    return Finding(
        code="collection-gap",
        verdict="unverified",
        severity=severity,
        message=f"loopback listeners may be reachable from the link ({ports}): "
        + (_PUBLISHED if published else _LOCALNET),
        host=host,
        found="loopback-unproved",
    )


def unread(facts: HostFacts, listeners: t.Iterable[Listener]) -> frozenset[str]:
    """What of the host was not all read, so that a rule or a waiver may match what was not seen."""
    hidden = {str(gap["affects"]) for gap in facts.gaps} & _HIDING
    if any(not listener.owners_complete and listener.owner_status not in _READ for listener in listeners):
        hidden.add("owners")
    return frozenset(hidden)
