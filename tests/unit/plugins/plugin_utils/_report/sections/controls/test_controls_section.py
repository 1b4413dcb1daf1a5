# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which controls a report speaks of, under which name, and what it says where nobody described them.

``GOLDEN=write`` writes the golden file anew; read the difference before you keep it.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._control_choices import read_controls
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Control
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import render
from ansible_collections.fleetports.compliance.tests.unit.factories import sample

CATALOGUE = Catalogue.load()
TEMPLATES = str(pathlib.Path(__file__).parents[7] / "roles" / "port_audit" / "templates")
GOLDEN = pathlib.Path(__file__).with_name("controls.golden")
OWN = {"framework": "acme", "version": "7", "id": "NET-4"}


def rows(*named, asked=()):
    """The controls of a report on a policy of two rules, of which the first names these."""
    first, second = sample.POLICY.rules[0], sample.POLICY.rules[4]
    first = dataclasses.replace(first, controls=tuple(Control(*one) for one in named))
    policy = dataclasses.replace(sample.POLICY, rules=(first, second), waivers=())
    controls = read_controls(list(asked), CATALOGUE)
    return build(sample.run(policies=(policy,), controls=controls), [], []).controls


def names(*given, **more):
    return [f"{row.framework} {row.version} {row.id}" for row in rows(*given, **more)]


def test_a_control_gathers_the_rules_that_name_it_their_listeners_and_findings():
    found = {(row.framework, row.id): row for row in sample.model().controls}
    assert list(found) == [("cis-debian-12", "2.1.22"), ("pci-dss", "2.2.5")]
    cis = found["cis-debian-12", "2.1.22"]
    assert cis.rules.all == ("postgres", "ssh")
    assert cis.findings == {"fail": 5, "unverified": 0, "warn": 0, "waived": 0, "pass": 0}
    assert found["pci-dss", "2.2.5"].rules.all == ("ftp-archive", "ssh")
    assert (cis.listeners, cis.missing, len(cis.evidence)) == (21, 5, 6)


def test_without_a_control_there_is_nothing():
    assert rows() == ()


@pytest.mark.parametrize(
    ("named", "asked", "found"),
    [
        pytest.param([], ["pci-dss:2.2.5"], ["pci-dss 4.0.1 2.2.5"], id="asked for"),
        pytest.param([("pci-dss", "4.0.1", "2.2.5")], ["pci-dss:2.2.5"], ["pci-dss 4.0.1 2.2.5"], id="both: once"),
        pytest.param([], ["stig-ol-8"], ["stig-ol-8 any version OL08-00-040030"], id="edition not recorded"),
        pytest.param(
            [("stig-ol-8", "V1R9", "OL08-00-040030")],
            ["stig-ol-8"],
            ["stig-ol-8 V1R9 OL08-00-040030"],
            id="the version that the rule names",
        ),
        pytest.param(
            [("stig-rhel-9", "V2R9", "V-257940"), ("stig-rhel-9", "V2R9", "RHEL-09-251035")],
            [],
            ["stig-rhel-9 V2R9 RHEL-09-251035"],
            id="two published ids of one control",
        ),
        pytest.param(
            [("pci-dss", "3.2.1", "2.2.5")],
            ["pci-dss:2.2.5"],
            ["pci-dss 3.2.1 2.2.5", "pci-dss 4.0.1 2.2.5"],
            id="another edition is another control",
        ),
        pytest.param([("acme", "7", "NET-4")], [OWN], ["acme 7 NET-4"], id="our own, described"),
    ],
)
def test_which_controls(named, asked, found):
    assert names(*named, asked=asked) == found


@pytest.mark.parametrize(
    ("named", "doubt"),
    [
        pytest.param(("acme", "7", "NET-4"), None, id="our own"),
        pytest.param(
            ("pci-dss", "4.0.1", "2.25"),
            "the catalogue has no such control of pci-dss, did you mean 2.2.5?",
            id="misspelled: a hint, and no evidence by guess",
        ),
    ],
)
def test_a_control_that_nobody_described(named, doubt):
    (row,) = rows(named)
    assert (row.title, row.summary, row.evidence, row.not_shown, row.doubt) == (None, None, (), (), doubt)
    assert row.rules.all == ("ssh",)


def test_a_control_of_ones_own_has_the_evidence_that_it_asks_for():
    described = {**OWN, "title": "Known listeners", "evidence": ["hosts-assessed"], "not_shown": ["intent"]}
    (row,) = rows(("acme", "7", "NET-4"), asked=[described])
    assert ([one.name for one in row.evidence], row.not_shown) == (["hosts-assessed"], ("intent",))
    assert (row.title, row.rules.all) == ("Known listeners", ("ssh",))


def test_the_section_in_markdown_is_golden():
    asked = ["pci-dss:2.2.4", "nist-800-53:CM-6", {**OWN, "title": "Known | listeners"}]
    policy = dataclasses.replace(
        sample.POLICY,
        rules=(*sample.POLICY.rules, _naming("mistake", "pci-dss", "4.0.1", "2.25"), _naming("own", "iso", "1", "1")),
    )
    model = sample.model(policies=(policy,), controls=read_controls(asked, CATALOGUE))
    text = render(model, format="markdown", template_dirs=[TEMPLATES])
    section = text[text.index("## Controls") : text.index("## Register of waivers")]
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(section, encoding="utf-8")
    assert section == GOLDEN.read_text(encoding="utf-8")


def test_the_section_in_html_says_the_same():
    page = render(sample.model(), format="html", template_dirs=[TEMPLATES])
    markdown = render(sample.model(), format="markdown", template_dirs=[TEMPLATES]).replace("\\", "")
    for row in sample.model().controls:
        for kind in row.evidence:
            for fact in (*kind.shown, *kind.missing):
                assert fact.text in page
                assert fact.text in markdown
        for text in row.not_shown:
            assert text in page
            assert text in markdown


def test_names_and_texts_of_people_are_never_markup():
    hostile = {**OWN, "title": "<b>|x", "not_shown": ["<script>alert(1)"]}
    model = sample.model(controls=read_controls([hostile], CATALOGUE))
    page = render(model, format="html", template_dirs=[TEMPLATES])
    assert "&lt;b&gt;|x" in page
    assert "<script>alert(1)" not in page


def _naming(ident, *control):
    return dataclasses.replace(sample.POLICY.rules[0], id=ident, controls=(Control(*control),))
