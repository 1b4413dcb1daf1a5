# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled catalogue: its shape, its names, and what is said of a control that it does not have."""

from __future__ import annotations

import datetime
import hashlib
import json

import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import FILE, Catalogue

CATALOGUE = Catalogue.load()
DATA = json.loads(FILE.read_text(encoding="utf-8"))
# A released version never changes: correct a mistake in controls-2.json, and put its line below this one.
RELEASED = {"1": "d21c5a51560c9f9cbf0078f95a0d3063f96324884f668feaced5e878d4efd173"}


def test_it_is_as_its_schema_says():
    schema = json.loads(FILE.with_name("controls-v1.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    assert [error.message for error in validator(schema).iter_errors(DATA)] == []
    broken = {**DATA, "frameworks": [{**DATA["frameworks"][0], "controls": []}]}
    assert not validator(schema).is_valid(broken)


def test_every_version_is_there_and_as_it_was_released():
    files = {path.stem.rpartition("-")[2]: path for path in FILE.parent.glob("controls-[0-9]*.json")}
    assert {version: hashlib.sha256(path.read_bytes()).hexdigest() for version, path in files.items()} == RELEASED
    assert CATALOGUE.version == max(RELEASED, key=int)
    assert datetime.date.fromisoformat(CATALOGUE.date)


def test_names_within_it_exist_and_are_used():
    controls = [control for framework in DATA["frameworks"] for control in framework["controls"]]
    for kind, used in (("evidence", "evidence"), ("limits", "not_shown")):
        assert {name for control in controls for name in control[used]} == set(DATA[kind])


def test_no_two_controls_share_a_name():
    names = [(control.framework, control.edition, ident) for control in CATALOGUE.controls for ident in control.ids]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(("cis-debian-12", "1.1.0", "2.1.22"), id="the direct match"),
        pytest.param(("pci-dss", "4.0.1", "2.2.5"), id="PCI DSS"),
        pytest.param(("nist-800-53", "r5", "SI-4(22)"), id="NIST 800-53"),
        pytest.param(("nist-800-171", "r2", "3.4.7"), id="one of two editions"),
        pytest.param(("nist-800-171", "r3", "03.04.06"), id="the other one"),
        pytest.param(("stig-rhel-9", "V2R9", "V-257940"), id="another published id"),
        pytest.param(("stig-ol-8", "V9R9", "OL08-00-040030"), id="edition not recorded: any goes"),
    ],
)
def test_controls_that_it_has(named):
    found = CATALOGUE.find(*named)
    assert found is not None
    assert named[2] in found.ids
    assert CATALOGUE.doubt(*named) is None


NO_SUCH = "the catalogue has no such control of "


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param(("acme-baseline", "7", "NET-4"), None, id="a framework of one's own"),
        pytest.param(("cis-debian-11", "1.0.0", "2.2.15"), None, id="another system is no typing error"),
        pytest.param(("pci-dss", "4.0.1", "1.4.4"), NO_SUCH + "pci-dss", id="a control that is not about listeners"),
        pytest.param(("pci-dss", "4.0.1", "2.2.1"), NO_SUCH + "pci-dss", id="one digit apart is another control"),
        pytest.param(("pci-dss", "4.0.1", "2.25"), NO_SUCH + "pci-dss, did you mean 2.2.5?", id="a dot lost"),
        pytest.param(("nist-800-53", "r5", "CM-07(01)"), NO_SUCH + "nist-800-53, did you mean CM-7(1)?", id="zeros"),
        pytest.param(("nist-800-53", "r5", "cm-7 (1)"), NO_SUCH + "nist-800-53, did you mean CM-7(1)?", id="spaces"),
        pytest.param(
            ("pci-dss", "3.2.1", "2.2.5"),
            "the catalogue has pci-dss 2.2.5 of version 4.0.1; ids can differ",
            id="another edition",
        ),
        pytest.param(
            ("PCI DSS", "4.0.1", "2.2.5"),
            "the catalogue has another spelling, did you mean pci-dss 4.0.1 2.2.5?",
            id="the framework's own spelling",
        ),
        pytest.param(
            ("pci-dss-4.0.1", "4.0.1", "2.2.5"),
            "the catalogue has another spelling, did you mean pci-dss 4.0.1 2.2.5?",
            id="edition in the framework",
        ),
        pytest.param(
            ("CIS Debian Linux 12", "1.1.0", "2.1.22"),
            "the catalogue has another spelling, did you mean cis-debian-12 1.1.0 2.1.22?",
            id="the title",
        ),
        pytest.param(
            ("pci-ds", "4.0.1", "2.2.5"),
            "the catalogue has no framework pci-ds, did you mean pci-dss?",
            id="a letter lost",
        ),
    ],
)
def test_doubt(named, said):
    assert CATALOGUE.find(*named) is None
    assert CATALOGUE.doubt(*named) == said


@pytest.mark.parametrize(
    ("word", "found"),
    [
        pytest.param("pci-dss:2.2.5", ["pci-dss 4.0.1 2.2.5"], id="one control"),
        pytest.param(
            "pci-dss",
            [f"pci-dss 4.0.1 {ident}" for ident in ("1.2.5", "1.2.6", "1.2.7", "2.2.4", "2.2.5")],
            id="a framework",
        ),
        pytest.param("nist-800-171", ["nist-800-171 r2 3.4.7", "nist-800-171 r3 03.04.06"], id="two editions"),
        pytest.param("stig-ubuntu-24.04:V-270719", ["stig-ubuntu-24.04 UBTU-24-300041"], id="another published id"),
        pytest.param("iso-27001:8.9", ["iso-27001 2022 A.8.9"], id="published both ways"),
    ],
)
def test_select(word, found):
    assert [str(control) for control in CATALOGUE.select(word)] == found


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("PCI DSS 2.2.5", "did you mean pci-dss:2.2.5?"),
        ("pci-dss-4.0.1:2.2.5", "did you mean pci-dss:2.2.5?"),
        ("pci-dss:2.2.6", "of pci-dss it has 1.2.5, 1.2.6, 1.2.7, 2.2.4, 2.2.5"),
        ("PCI DSS", "did you mean pci-dss?"),
        ("nist-800-53:cm-7(1)", "did you mean nist-800-53:CM-7(1)?"),
        ("cis-debain-12", "did you mean cis-debian-12?"),
        ("hipaa", "it has cis-debian-12, cis-debian-13,"),
    ],
)
def test_select_says_what_it_has_instead(word, said):
    with pytest.raises(ValueError, match="the catalogue has no") as caught:
        CATALOGUE.select(word)
    assert said in str(caught.value)


def test_data_of_another_format_is_refused():
    with pytest.raises(ValueError, match="format 2"):
        Catalogue({**DATA, "format": 2})
