# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence is read back into what the judge takes."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._from_evidence import host_facts, listeners
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostAddress, HostFacts
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import (
    address,
    evidence_of,
    gap,
    observation,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    NAMESPACE,
    SSHD,
    listener,
    unowned,
)

LISTENERS = (listener(22, SSHD, JAVA, inodes=(5, 6), sockets=2), unowned("denied", 81))


def document(**host):
    """Evidence of a host, as JSON gives it."""
    own = {"addresses": [address("10.0.0.5")], **host}
    namespaces = {**observation()["collector"]["namespaces"], "host": NAMESPACE}
    seen = observation(*LISTENERS, host=own, gaps=[gap("owners")], namespaces=namespaces)
    return json.loads(json.dumps(evidence_of(seen, groups=["web", "all"])))


def test_host():
    assert host_facts(document()) == HostFacts(
        name="web1",
        groups=frozenset({"web", "all"}),
        addresses=(HostAddress("10.0.0.5", "eth0", NAMESPACE),),
        gaps=(gap("owners"),),
        namespace=NAMESPACE,
    )


def test_addresses_that_are_not_known_are_not_none_at_all():
    assert host_facts(document(addresses=None)).addresses is None
    assert host_facts(document(addresses=[])).addresses == ()


def test_listeners():
    assert listeners(document()) == LISTENERS


class Marked(str):
    """A string of which Ansible knows where it is from; Python interns no such string."""


def test_what_a_module_returned_is_read_before_it_was_ever_json():
    given = document()
    given["listeners"][0]["address"] = Marked(given["listeners"][0]["address"])
    given["listeners"][0]["owners"][0]["name"] = Marked(given["listeners"][0]["owners"][0]["name"])
    assert listeners(given) == LISTENERS


@pytest.mark.parametrize("key", ["host", "collector"])
def test_what_is_not_evidence(key):
    with pytest.raises(KeyError):
        host_facts({name: value for name, value in document().items() if name != key})


def test_a_listener_that_is_none():
    with pytest.raises((KeyError, TypeError)):
        listeners({"listeners": [{"port": 22}]})
