# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails now and did not before."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._new_findings import new_findings
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener, owner
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy


def _row(first, count):
    return judge(policy(), *(listener(port, JAVA) for port in range(first, first + count)))


def test_many_sockets_of_one_process_are_one_new_finding():
    [finding] = new_findings(_row(50_000, 1), _row(50_000, 300))
    assert finding.port_label == "50000-50299"
    assert new_findings(None, _row(50_000, 300)) == (finding,)


def test_the_same_sockets_are_not_new_when_they_are_folded_otherwise():
    assert new_findings(_row(50_000, 300), _row(50_000, 300)) == ()
    assert new_findings(_row(50_000, 300), _row(50_000, 3)) == ()


def test_one_more_socket_of_many_is_new():
    [finding] = new_findings(_row(50_000, 299), _row(50_000, 300))
    assert finding.message.startswith("300 listeners on 50000-50299/tcp by java: ")


def _service(*ports):
    return judge(policy(), *(listener(port, JAVA, ephemeral=True) for port in ports))


def test_a_service_on_another_ephemeral_port_is_not_new():
    assert new_findings(_service(40_001), _service(50_001)) == ()


def test_one_more_ephemeral_port_of_a_service_is_new():
    [finding] = new_findings(_service(40_001), _service(50_001, 50_007))
    assert finding.port in (50_001, 50_007)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"owners": (owner(JAVA, exe=None, name=None, unit="a.service"),)},
            {"owners": (owner(JAVA, exe=None, name=None, unit="b.service"),)},
            id="owners that were not read",
        ),
        pytest.param({}, {"owners_complete": False}, id="perhaps others too"),
        pytest.param(
            {"owners": (owner(JAVA, unit="user@1000.service"),)},
            {"owners": (owner(JAVA, unit="user@1000.service"),)},
            id="any program of a user's service manager",
        ),
    ],
)
def test_what_may_be_another_service_is_new(before, after):
    then = judge(policy(), listener(40_001, JAVA, ephemeral=True, **before))
    now = judge(policy(), listener(50_001, JAVA, ephemeral=True, **after))
    assert [finding.port for finding in new_findings(then, now)] == [50_001]
