# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies that a run kept, held to the SHA-256 that its evidence names them by."""

from __future__ import annotations

import os

from ..._evidence._evidence_errors import EvidenceError
from ..._evidence.files._run_directory import RunDirectory
from ..._policy._policy_errors import PolicyError
from ..._policy._policy_model import Policy
from ..._policy.compiled._canonical import digest
from ..._policy.compiled._policy_record import from_record


def stored_policies(directory: RunDirectory) -> dict[str, Policy]:
    """By SHA-256. Raises EvidenceError that names the file: under another policy no verdict of the run holds."""
    return {sha256: _policy(directory, sha256, text) for sha256, text in directory.policies().items()}


def _policy(directory: RunDirectory, sha256: str, text: str) -> Policy:
    path = os.path.join(directory.path, "policies", f"{sha256}.json")
    try:
        policy = from_record(text)
    except PolicyError as error:
        raise EvidenceError(f"{path}: {error}") from error
    if digest(policy) != sha256:
        raise EvidenceError(f"{path} was altered: its SHA-256 does not match its name")
    return policy
