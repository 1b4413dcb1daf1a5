# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``port_audit_controls``: what it takes, and what it says of what it does not take."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._control_choices import (
    ControlsProblem,
    read_controls,
)

CATALOGUE = Catalogue.load()
OWN = {"framework": "acme", "version": "7", "id": "NET-4"}


def test_each_control_once_in_the_order_asked_for():
    chosen = read_controls(["pci-dss:2.2.5", OWN, "pci-dss"], CATALOGUE)
    assert [control.id for control in chosen] == ["2.2.5", "NET-4", "1.2.5", "1.2.6", "1.2.7", "2.2.4"]


def test_a_control_of_ones_own():
    more = {"title": "Nothing unknown listens", "evidence": ["listeners-judged"], "not_shown": ["intent"]}
    (control,) = read_controls([{**OWN, **more}], CATALOGUE)
    assert (control.framework, control.edition, control.id, control.title) == ("acme", "7", "NET-4", more["title"])
    assert (control.evidence, control.not_shown) == (("listeners-judged",), ("intent",))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("PCI DSS", "no 'PCI DSS' (did you mean pci-dss?)", id="a spelling"),
        pytest.param(7, "must be a framework, framework:id or a mapping, found 7", id="a number"),
        pytest.param({"framework": "acme"}, "a control of your own needs version", id="a key missing"),
        pytest.param({**OWN, "evidense": []}, "no key 'evidense', did you mean evidence?", id="a key misspelled"),
        pytest.param({**OWN, "version": 7.1}, "version must be text, found 7.1: quote it", id="unquoted"),
        pytest.param({**OWN, "evidence": "x"}, 'evidence must be a list, found "x"', id="no list"),
        pytest.param({**OWN, "not_shown": [1]}, "not_shown must be text, found 1", id="no text in a list"),
        pytest.param({**OWN, "evidence": ["host-assessed"]}, "did you mean hosts-assessed?", id="evidence misspelled"),
        pytest.param(
            {"framework": "pci-dss", "version": "4.0.1", "id": "2.2.5"},
            "the catalogue has pci-dss 4.0.1 2.2.5: write it as pci-dss:2.2.5",
            id="known already",
        ),
    ],
)
def test_refusals_name_the_entry(value, said):
    with pytest.raises(ControlsProblem) as caught:
        read_controls(["pci-dss", value], CATALOGUE)
    assert str(caught.value).startswith("controls[1]: ")
    assert said in str(caught.value)
