# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where evidence of another run comes from, as ``run.json`` says it."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._substitute_origin import Origin

ORIGIN = Origin("20261122T000000Z-abcdef", "ab" * 32, "2026-11-22T00:00:00Z", ("all", "web"), "unreachable: refused")
WRITTEN: dict[str, t.Any] = json.loads(json.dumps(dataclasses.asdict(ORIGIN)))


def test_it_survives_json() -> None:
    assert Origin.from_dict(WRITTEN) == ORIGIN
    assert Origin.from_dict({**WRITTEN, "absent": None}).absent is None


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param({"as_of": "yesterday"}, id="a time that is none"),
        pytest.param({"as_of": "9999-12-31T23:59:59-14:00"}, id="a time that UTC does not have"),
        pytest.param({"as_of": 5}, id="a number for a time"),
        pytest.param({"groups": [1]}, id="a number for a group"),
        pytest.param({"groups": None}, id="no groups"),
        pytest.param({"absent": ["x"]}, id="a list of reasons"),
        pytest.param({"more": "x"}, id="a key that is none"),
    ],
)
def test_anything_else_is_refused(altered: dict[str, t.Any]) -> None:
    with pytest.raises(EvidenceError, match="does not name the origin of the evidence"):
        Origin.from_dict({**WRITTEN, **altered})
    with pytest.raises(EvidenceError):
        Origin.from_dict([])
