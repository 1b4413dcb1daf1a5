# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compiled form of a policy as JSON: every name resolved, every place kept. No pickle: it is data, not code.

Every worker of a run reads it, so it is made to be read fast.
"""

from __future__ import annotations

import hashlib
import json
import typing as t

from ..._common._gc_paused import collector_paused
from .._policy_errors import PolicyError, PolicyProblem
from .._policy_model import Policy, SourcePlace
from ._decode import decode
from ._encode import encode, said

FORMAT = 4


def to_json(policy: Policy) -> str:
    """The compiled form, one line of text. ``from_json`` gives an equal policy back."""
    return _dumped({"compiled": FORMAT, **encode(policy)})


def digest(policy: Policy) -> str:
    """SHA-256 of what the policy says, wherever it stands: a file and the same text inline have the same."""
    return hashlib.sha256(_dumped(said(policy)).encode()).hexdigest()


def from_json(text: str) -> Policy:
    """Read the compiled form back. Raises PolicyError when it is damaged or of another version."""
    try:
        with collector_paused():
            return _decoded(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        problem = PolicyProblem(
            SourcePlace("compiled policy"), "", f"cannot be read back: {type(error).__name__}: {error}"
        )
        raise PolicyError([problem]) from error


def _decoded(raw: dict[str, t.Any]) -> Policy:
    version = raw.pop("compiled", None)
    if version != FORMAT:
        raise ValueError(f"compiled form {version!r}, this version supports {FORMAT}")
    return decode(raw)


def _dumped(raw: object) -> str:
    # Escaped to ASCII: a surrogate from the name of a file that is not UTF-8 can be written then.
    return json.dumps(raw, separators=(",", ":"))
