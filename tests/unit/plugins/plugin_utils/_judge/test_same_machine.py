# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that answered as one machine."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostResult
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._same_machine import (
    same_machine,
    with_others,
)


def place(machine="m", boot="b", namespace=4026531840):
    return {
        "host": {"machine_id": machine, "boot_id": boot},
        "collector": {"namespaces": {"host": namespace}},
    }


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(place(), True, id="asked twice"),
        pytest.param(place(boot="c"), False, id="a clone"),
        pytest.param(place(machine="n"), False, id="a container of another image"),
        pytest.param(place(namespace=4026532000), False, id="another network namespace"),
    ],
)
def test_one_place_is_one_machine_one_boot_and_one_network(other, same):
    found = same_machine({"web2": place(), "web1": other})
    assert found == ({"web1": ("web1", "web2"), "web2": ("web1", "web2")} if same else {})


@pytest.mark.parametrize(
    "unknown",
    [
        pytest.param(place(machine=None), id="no machine id"),
        pytest.param(place(machine=""), id="an empty machine id"),
        pytest.param(place(boot=None), id="no boot id"),
        pytest.param(place(namespace=None), id="no network namespace"),
    ],
)
def test_what_is_not_known_is_no_sign_of_anything(unknown):
    assert same_machine({"a": unknown, "b": unknown}) == {}


@pytest.mark.parametrize(
    ("before", "after"), [("pass", "unverified"), ("waived", "unverified"), ("warn", "unverified"), ("fail", "fail")]
)
def test_such_a_host_never_passes(before, after):
    result = with_others(HostResult("a", before), ("a", "b"), severity="high")
    (finding,) = result.findings
    assert (result.verdict, finding.code, finding.verdict) == (after, "same-machine", "unverified")
    assert finding.message.startswith("2 hosts answered as the same machine, a, b: ")


def test_of_many_names_a_few_are_shown_and_the_words_are_the_same_for_each():
    names = tuple("h%d" % number for number in range(9))
    said = {with_others(HostResult(name, "pass"), names, severity="low").findings[0].message for name in names}
    (message,) = said
    assert message.startswith("9 hosts answered as the same machine, h0, h1, h2 and 6 more: ")
