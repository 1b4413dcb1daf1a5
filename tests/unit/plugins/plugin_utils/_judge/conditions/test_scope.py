# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Item 8: groups are the host's inventory groups, all included; hosts are globs."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._scope import HostScope, Scopes
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import AppliesTo


@pytest.mark.parametrize(
    ("applies_to", "covered"),
    [
        pytest.param({}, True, id="everywhere"),
        pytest.param({"groups": ("web",)}, True, id="group"),
        pytest.param({"groups": ("db",)}, False, id="other-group"),
        pytest.param({"groups": ("all",)}, True, id="all"),
        pytest.param({"groups": ("we*",)}, False, id="groups-are-not-globs"),
        pytest.param({"hosts": ("web1",)}, True, id="host"),
        pytest.param({"hosts": ("web-*", "web?")}, True, id="glob"),
        pytest.param({"hosts": ("WEB1",)}, False, id="case"),
        pytest.param({"hosts": ("db*",)}, False, id="other-host"),
        pytest.param({"groups": ("db",), "hosts": ("web1",)}, True, id="group-or-host"),
        pytest.param({"groups": ("web",), "hosts": ("db*",)}, True, id="host-or-group"),
        pytest.param({"not_groups": ("dmz",)}, False, id="left-out"),
        pytest.param({"not_groups": ("lab",)}, True, id="not-left-out"),
        pytest.param({"groups": ("web",), "not_groups": ("dmz",)}, False, id="left-out-beats-group"),
        pytest.param({"hosts": ("web1",), "not_groups": ("dmz",)}, False, id="left-out-beats-host"),
        pytest.param({"not_groups": ("all",)}, False, id="nowhere"),
    ],
)
def test_covers(applies_to, covered):
    scope = Scopes().get(AppliesTo(**applies_to))
    here = HostScope("web1", ["web", "dmz"])
    assert here.covered(scope) is covered
    assert here.covered(scope) is covered  # remembered


def test_equal_ones_are_one():
    scopes = Scopes()
    assert scopes.get(AppliesTo(groups=("web",))) is scopes.get(AppliesTo(groups=("web",)))
    assert scopes.get(AppliesTo(groups=("web",))) is not scopes.get(AppliesTo(groups=("db",)))
