# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-up answers for many terms, each with its own protocol or the one given for all."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from ansible_collections.fleetports.compliance.plugins.lookup.iana_port import LookupModule


class Lookup(LookupModule):
    """Takes its options as given: finding their documentation needs an installed collection."""

    def set_options(self, task_keys=None, var_options=None, direct=None):
        self.given = direct

    def get_option(self, option, hostvars=None):
        return self.given.get(option)


@pytest.fixture
def lookup():
    return Lookup()


def test_answers_in_order(lookup):
    answers = lookup.run([22, "81/tcp", "4789/udp", 4789], {}, protocol="tcp")
    assert [(a["port"], a["protocol"], a["status"]) for a in answers] == [
        (22, "tcp", "assigned"),
        (81, "tcp", "unassigned"),
        (4789, "udp", "assigned"),
        (4789, "tcp", "reserved"),
    ]


@pytest.mark.parametrize(
    ("terms", "options", "words"),
    [
        pytest.param([22], {}, "22 has no protocol: write '22/tcp'", id="no-protocol"),
        pytest.param(["22/icmp"], {}, "'icmp' is not a protocol", id="protocol"),
        pytest.param(["a/tcp"], {}, "'a' is not a port", id="port"),
        pytest.param([[22]], {"protocol": "tcp"}, "is not a port", id="list"),
    ],
)
def test_refuses(lookup, terms, options, words):
    with pytest.raises(AnsibleLookupError, match=words):
        lookup.run(terms, {}, **options)
