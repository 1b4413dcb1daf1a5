# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task that only collects: the answer of the host, fit to be shown."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner


def test_what_listens_is_returned(play: Play) -> None:
    result = play.task("listening_sockets_info")
    assert (result["changed"], [one["port"] for one in result["listeners"]]) == (False, [22])
    assert result["collector"]["sources"] == ["sock_diag"]


def test_names_of_a_host_are_fit_to_be_shown(play: Play) -> None:
    play.answers["a"] = observation(listener(22, owner(name="\x1b[2J\n::error::x")))
    (seen,) = play.task("listening_sockets_info")["listeners"]
    assert seen["owners"][0]["name"] == "\\x1b[2J :\\x3aerror::x"


def test_a_failure_of_the_host_is_that_of_the_task(play: Play) -> None:
    play.answers["a"] = {"failed": True, "msg": "no Python"}
    assert play.task("listening_sockets_info") == {"changed": False, "failed": True, "msg": "no Python"}


def test_a_host_that_cannot_be_reached_is_unreachable(play: Play) -> None:
    play.answers["a"] = AnsibleConnectionFailure("Connection refused")
    with pytest.raises(AnsibleConnectionFailure, match="Connection refused"):
        play.task("listening_sockets_info")


def test_a_misspelt_option_is_refused(play: Play) -> None:
    with pytest.raises(AnsibleError, match="ownerz"):
        play.task("listening_sockets_info", ownerz="all")
