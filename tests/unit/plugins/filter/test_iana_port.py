# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter takes ports as people write them and says what is wrong with the rest."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.fleetports.compliance.plugins.filter.iana_port import FilterModule

iana_port = FilterModule().filters()["iana_port"]


def test_answer():
    assert iana_port(603, "tcp") == {
        "port": 603,
        "protocol": "tcp",
        "status": "assigned",
        "range": "system",
        "name": "idxp",
        "aliases": [],
        "description": "IDXP",
    }


@pytest.mark.parametrize(
    ("port", "protocol"), [("80", "tcp"), (80, "TCP"), (" 80 ", " tcp ")], ids=["text", "upper-case", "spaces"]
)
def test_takes(port, protocol):
    answer = iana_port(port, protocol)
    assert (answer["port"], answer["protocol"], answer["name"]) == (80, "tcp", "http")
    assert answer["aliases"] == ["www", "www-http"]


@pytest.mark.parametrize(
    ("port", "protocol", "words"),
    [
        pytest.param("ssh", "tcp", "'ssh' is not a port", id="name"),
        pytest.param("22:22", "tcp", "'22:22' is not a port", id="pair"),
        pytest.param("²", "tcp", "'²' is not a port", id="digit-that-is-no-number"),
        pytest.param(True, "tcp", "True is not a port", id="boolean"),
        pytest.param(22.0, "tcp", "22.0 is not a port", id="float"),
        pytest.param(None, "tcp", "None is not a port", id="none"),
        pytest.param(65536, "tcp", "65536 is not a port", id="beyond"),
        pytest.param(-1, "tcp", "-1 is not a port", id="negative"),
        pytest.param(22, "icmp", "'icmp' is not a protocol with ports: tcp, udp", id="protocol"),
        pytest.param(22, 6, "protocol is 6, expected a name", id="protocol-number"),
    ],
)
def test_refuses(port, protocol, words):
    with pytest.raises(AnsibleFilterError, match=words):
        iana_port(port, protocol)
