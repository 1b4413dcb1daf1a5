# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a listener: what makes two the same, and its JSON."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Gap, Listener, Owner, to_dict

SSH = Listener(protocol="tcp", family="ipv4", address="0.0.0.0", port=22, state="listen")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param({"owners": (Owner(pid=7),), "owner_status": "known"}, True, id="another owner"),
        pytest.param({"sockets": 2, "inodes": (5,)}, True, id="more sockets"),
        pytest.param({"namespace": 0, "device": ""}, True, id="nothing for unknown"),
        pytest.param({"port": 23}, False, id="another port"),
        pytest.param({"protocol": "udp"}, False, id="another protocol"),
        pytest.param({"family": "ipv6"}, False, id="another family"),
        pytest.param({"address": "127.0.0.1"}, False, id="another address"),
        pytest.param({"device": "eth0"}, False, id="another device"),
        pytest.param({"namespace": 5}, False, id="another namespace"),
    ],
)
def test_what_is_the_same_listener(change, same):
    assert (SSH._replace(**change).identity == SSH.identity) is same


def test_listeners_can_be_sorted_whatever_is_unknown():
    listeners = [SSH._replace(namespace=5), SSH._replace(device="eth0"), SSH, SSH._replace(port=7)]
    ports = [(one.namespace, one.port, one.device) for one in sorted(listeners, key=lambda one: one.identity)]
    assert ports == [(None, 7, None), (None, 22, None), (None, 22, "eth0"), (5, 22, None)]


def test_records_within_records_are_plain_json():
    seen = SSH._replace(owners=(Owner(pid=7, name="sshd"),), inodes=(5, 6))
    plain = to_dict([seen])
    assert json.loads(json.dumps(plain)) == plain
    assert plain[0]["owners"][0]["name"] == "sshd"
    assert plain[0]["inodes"] == [5, 6]
    assert list(plain[0]) == list(Listener._fields)


def test_what_is_no_record_stays():
    assert to_dict({"a": (1,)}) == {"a": (1,)}
    assert to_dict((1, ("a", None))) == [1, ["a", None]]
    assert to_dict(Gap("x", "owners", "y"))["protocol"] is None
