# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding points at, for readers that want a line of a file."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._source_location import (
    SourceLocation,
    SourceLocations,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample


@pytest.mark.parametrize(
    ("place", "spot"),
    [
        pytest.param(SourcePlace("policy/a.yml", 4, 3), SourceLocation("policy/a.yml", 4, 3), id="a line"),
        pytest.param(SourcePlace("rules/a:1:2"), SourceLocation("rules/a:1:2"), id="a name that looks like a place"),
        pytest.param(SourcePlace("a:7:b.yml", 4, 3), SourceLocation("a:7:b.yml", 4, 3), id="colons in the name"),
        pytest.param(SourcePlace("policy/a.yml"), SourceLocation("policy/a.yml"), id="no line"),
        pytest.param(SourcePlace("inline"), SourceLocation("port-policy.yml"), id="in no file"),
        pytest.param(SourcePlace("inline policy"), SourceLocation("port-policy.yml"), id="in an inline policy"),
        pytest.param(
            SourcePlace("inline policy 2", 3, 1), SourceLocation("port-policy.yml", 3, 1), id="in one of several"
        ),
        pytest.param(None, SourceLocation(sample.FILE), id="nowhere"),
        pytest.param(SourcePlace("a.yml", 0, 0), SourceLocation("a.yml"), id="lines are from 1"),
    ],
)
def test_places(place: SourcePlace | None, spot: SourceLocation) -> None:
    assert SourceLocations(sample.model(), None).find(place) == spot


def test_a_file_that_was_named_takes_the_place_of_all() -> None:
    spots = SourceLocations(sample.model(), "ours.yml")
    assert spots.find(SourcePlace("/tmp/x.yml", 4, 3)) == SourceLocation("ours.yml", 4, 3)  # noqa: S108
    assert spots.find(None) == SourceLocation("ours.yml")


def test_without_a_policy() -> None:
    assert SourceLocations(sample.model(policies=()), None).find(None) == SourceLocation("port-policy.yml")


@pytest.mark.parametrize(
    ("file", "uri"), [("a b/é.yml", "a%20b/%C3%A9.yml"), ("/srv/p.yml", "file:///srv/p.yml"), ("x\udcff", "x%3F")]
)
def test_uri(file: str, uri: str) -> None:
    assert SourceLocation(file).uri == uri
