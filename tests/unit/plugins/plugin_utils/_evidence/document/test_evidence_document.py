# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence document against its schema."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import OWNER_CGROUP, OWNER_STATUS, PROTOCOLS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document import _evidence_document

SCHEMA = json.loads((pathlib.Path(_evidence_document.__file__).parents[1] / "evidence-v1.schema.json").read_text())
START = datetime.datetime(2026, 11, 22, 10, 0, 0, 500000, tzinfo=datetime.UTC)


def _assemble(observation: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return _evidence_document.assemble(
        observation,
        name="web1",
        groups=["web", "all"],
        run={"id": "r", "policy": None, "as_of": "2026-11-22T10:00:00Z"},
        started=START,
        ended=START + datetime.timedelta(seconds=2),
    )


def test_a_host_without_collector_gives_valid_evidence_with_a_gap() -> None:
    document = _assemble(_evidence_document.nothing_seen("unsupported", "network_cli"))
    jsonschema.validate(document, SCHEMA)
    assert document["collector"]["gaps"][0]["affects"] == "listeners"
    assert document["host"]["groups"] == ["all", "web"]
    assert document["collected"]["duration"] == 2.0


@pytest.mark.parametrize(
    ("clock", "offset"),
    [
        pytest.param("2026-11-22T10:00:00Z", 0.0, id="same second"),
        pytest.param("2026-11-22T10:00:02Z", 0.0, id="at the end"),
        pytest.param("2026-11-23T10:00:00Z", 86399.5, id="a day ahead"),
        pytest.param("2026-11-22T09:59:00Z", -60.5, id="behind"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_the_clocks_are_compared(clock: str | None, offset: float | None) -> None:
    observation = _evidence_document.nothing_seen("x", "y")
    observation["host"] = {"clock": clock}
    assert _assemble(observation)["collected"]["clock_offset"] == offset


def test_a_clock_that_is_set_back_meanwhile_makes_no_negative_duration() -> None:
    document = _evidence_document.assemble(
        _evidence_document.nothing_seen("x", "y"),
        name="web1",
        groups=["all"],
        run={"id": "r", "policy": None, "as_of": "2026-11-22T10:00:00Z"},
        started=START,
        ended=START - datetime.timedelta(days=1),
    )
    assert document["collected"]["duration"] == 0.0


@pytest.mark.parametrize(
    ("part", "field", "words"),
    [
        pytest.param("listener", "owner_status", OWNER_STATUS, id="why owners are what they are"),
        pytest.param("listener", "protocol", PROTOCOLS, id="protocols"),
        pytest.param("owner", "cgroup", (*OWNER_CGROUP, None), id="how much a cgroup tells"),
    ],
)
def test_the_schema_has_the_words_of_the_collectors(part: str, field: str, words: tuple[str | None, ...]) -> None:
    assert tuple(SCHEMA["$defs"][part]["properties"][field]["enum"]) == words
