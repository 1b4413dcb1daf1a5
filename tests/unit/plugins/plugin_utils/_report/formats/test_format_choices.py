# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be asked for as a format, and how a mistake is told."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import FormatProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._choice import Choice
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import DEFAULT, FORMATS


def test_every_format_has_a_file_of_its_own() -> None:
    assert len({one.file for one in FORMATS.values()}) == len(FORMATS)
    assert [choice.name for choice in read_choices(DEFAULT)] == ["report.html", "report.json", "report.md"]


def test_a_format_is_named_placed_and_changed() -> None:
    given = [
        "csv",
        {"format": "html", "template": "ours.j2"},
        {"format": "sarif", "name": "ports.sarif", "path": "out/ports.sarif", "mode": "0644", "policy_file": "p.yml"},
        {"format": "console", "color": True},
    ]
    assert read_choices(given) == (
        Choice("csv", "findings.csv"),
        Choice("html", "report.html", template="ours.j2"),
        Choice("sarif", "ports.sarif", path="out/ports.sarif", mode=0o644, policy_file="p.yml"),
        Choice("console", "console.txt", color=True),
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["pdf"], r"formats\[0\]: there is no format 'pdf'; there are: html, json"),
        (["html", "junti"], r"formats\[1\]: there is no format 'junti' \(did you mean junit\?\)"),
        ([7], r"formats\[0\]: a format is a name, or a dictionary with the key format; found 7"),
        ([{"name": "x"}], r"a dictionary with the key format"),
        ([{"format": "csv", "pth": "x"}], r"format csv has no key 'pth' \(did you mean path\?\); it has: format, name"),
        ([{"format": "csv", "template": "x"}], r"format csv has no key 'template'"),
        ([{"format": "html", "color": True}], r"format html has no key 'color'"),
        ([{"format": "csv", "name": "../x"}], r"name is a plain file name .* found '../x'"),
        ([{"format": "csv", "name": ".x"}], r"name is a plain file name"),
        ([{"format": "csv", "name": "SHA256SUMS"}], r"the run itself has a file SHA256SUMS"),
        ([{"format": "csv", "name": "SHA256SUMS.sig"}], r"the run itself has a file SHA256SUMS\.sig"),
        ([{"format": "csv", "name": "evidence"}], r"the run itself has a file"),
        ([{"format": "csv", "path": ""}], r"path is a path; found ''"),
        ([{"format": "csv", "mode": 420}], r'mode is octal digits in quotes, such as "0644"; found 420'),
        ([{"format": "console", "color": "yes"}], r"color is true or false; found 'yes'"),
        (["csv", "csv"], r"the format 'csv' occurs twice"),
        ([{"format": "csv", "name": "x"}, {"format": "json", "name": "x"}], r"the name 'x' occurs twice"),
        ([{"format": "csv", "path": "x"}, {"format": "json", "path": "x"}], r"the path 'x' occurs twice"),
    ],
)
def test_a_mistake_is_told_with_its_place(given: list[t.Any], says: str) -> None:
    with pytest.raises(FormatProblem, match=says):
        read_choices(given)
