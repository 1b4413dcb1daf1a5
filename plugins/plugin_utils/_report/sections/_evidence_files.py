# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hashes of what was seen, as SHA256SUMS has them."""

from __future__ import annotations

import hashlib
import typing as t

from ..model._auditor_views import Evidence, EvidenceFile
from ..model._inputs import HostReport


def build_evidence(hosts: t.Iterable[HostReport]) -> Evidence:
    """The evidence files by name, as the manifest orders them.

    The digest is what ``grep '  evidence/' SHA256SUMS | sha256sum`` says, where every file's host is in the report.
    """
    files = tuple(sorted((_file(host) for host in hosts if host.document and host.evidence), key=lambda it: it.file))
    lines = "".join(f"{it.sha256}  {it.file}\n" for it in files)
    return Evidence(files, hashlib.sha256(lines.encode()).hexdigest() if files else None)


def _file(host: HostReport) -> EvidenceFile:
    name, sha256 = t.cast("tuple[str, str]", host.evidence)
    document = t.cast("t.Mapping[str, t.Any]", host.document)
    return EvidenceFile(
        host.name, name, sha256, document["collected"]["started"], host.earlier.age if host.earlier else None
    )
