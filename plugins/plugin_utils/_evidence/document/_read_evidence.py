# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a run back: which evidence may be believed, and why the rest may not."""

from __future__ import annotations

import contextlib
import typing as t

from ....module_utils._socket import PUBLISHED_GAPS
from ..._common._printable import said
from .._evidence_errors import EvidenceError
from ..files._file_names import file_name
from ..files._run_directory import RunDirectory
from ._evidence_document import EVIDENCE_VERSION
from ._evidence_shape import fault
from ._possible import impossible
from ._substitute_origin import Origin


def read_evidence(
    directory: RunDirectory, *, expected: t.Iterable[str], origins: t.Mapping[str, Origin] | None = None
) -> t.Iterator[tuple[str, t.Mapping[str, t.Any] | EvidenceError]]:
    """Each host that has evidence, with its document or why that cannot be believed: never a pass.

    One at a time: those of a large fleet have no room beside each other. ``origins``: the hosts that evidence of
    another run answers for.
    """
    owners = {file_name(host): host for host in expected}
    for name, content in directory.evidence():
        host = owners.get(name)
        try:
            document = check_bound(content, (origins or {}).get(host or ""), run_id=directory.run_id, name=name)
        except EvidenceError as error:
            yield host or name, EvidenceError(f"its evidence cannot be used: {error}")
            continue
        yield document["host"]["name"], document


def check_bound(content: t.Any, origin: Origin | None, *, run_id: str, name: str) -> t.Mapping[str, t.Any]:
    """As check, of evidence of this run or of another that answers here; the latter as it is judged here."""
    document = check(content, run_id=origin.run if origin else run_id, name=name)
    return origin.bind(document) if origin else document


def check(content: t.Any, *, run_id: str, name: str) -> t.Mapping[str, t.Any]:
    """Return the evidence document, or raise EvidenceError: unreadable, another shape, version, run or host."""
    if isinstance(content, EvidenceError):
        raise content
    if not isinstance(content, dict) or "evidence_version" not in content:
        raise EvidenceError(f"{name} is not an evidence document")
    if content["evidence_version"] != EVIDENCE_VERSION:
        raise EvidenceError(
            f"{name} has evidence version {content['evidence_version']!r}, this version reads {EVIDENCE_VERSION}"
        )
    wrong = fault(content)
    if wrong:
        raise EvidenceError(f"{name} does not match evidence version {EVIDENCE_VERSION}: {wrong}")
    wrong = impossible(content)
    if wrong:
        raise EvidenceError(f"{name} has an impossible value: {wrong}")
    if content["run"]["id"] != run_id:
        raise EvidenceError(f"{name} belongs to run {content['run']['id']!r}")
    if file_name(content["host"]["name"]) != name:
        raise EvidenceError(f"{name} names the host {content['host']['name']!r}")
    return content


def last_seen(directory: RunDirectory) -> str | None:
    """When the run last finished with a host, of those whose evidence can be believed; None without any."""
    ends = []
    for name, content in directory.evidence():
        with contextlib.suppress(EvidenceError):
            ends.append(str(check(content, run_id=directory.run_id, name=name)["collected"]["ended"]))
    return max(ends, default=None)


def nothing_seen_because(document: t.Mapping[str, t.Any]) -> str | None:
    """Why a host shows nothing at all: no listeners, and a gap that may hide every one of them. None: it was seen.

    One that hides published ports alone is none of these: that the host has no listening socket was seen.
    """
    if document["listeners"]:
        return None
    hidden = (
        gap
        for gap in document["collector"].get("gaps", ())
        if gap["affects"] == "listeners" and gap["code"] not in PUBLISHED_GAPS
    )
    return next((said(gap["detail"]) for gap in hidden if gap["protocol"] is None and gap["family"] is None), None)
