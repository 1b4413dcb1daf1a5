# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, in words: within a sentence and alone in a table."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import OWNER_STATUS, Listener, Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._owner_labels import holder, holder_alone


def _listener(*owners: Owner, **fields: t.Any) -> Listener:
    return Listener(
        protocol="tcp", family="ipv4", address="0.0.0.0", port=22, state="listen", owners=list(owners), **fields
    )


@pytest.mark.parametrize("status", OWNER_STATUS)
def test_every_status_has_words_for_a_sentence_and_for_a_table(status: str) -> None:
    seen = _listener(owner_status=status)
    assert holder(seen).startswith(("an owner that ", "a process of ", "the kernel"))
    assert holder_alone(seen).startswith(("owner ", "no owner ", "a process of ", "the kernel"))


NAMED = [
    pytest.param(_listener(Owner(name="sshd")), "sshd", id="by its name"),
    pytest.param(_listener(Owner(exe="/usr/sbin/sshd")), "sshd", id="by its executable"),
    pytest.param(_listener(Owner(unit="ssh.service")), "ssh.service", id="by its unit"),
    pytest.param(_listener(Owner(name="b"), Owner(name="a"), Owner(name="b")), "a, b", id="several, sorted, each once"),
    pytest.param(
        _listener(published_by="docker", published_to=["172.17.0.2:80"], owner_status="kernel"),
        "docker to 172.17.0.2:80",
        id="by who publishes it",
    ),
]


@pytest.mark.parametrize(("seen", "label"), NAMED)
def test_who_can_be_named_is_named_alike_everywhere(seen: Listener, label: str) -> None:
    assert (holder(seen), holder_alone(seen)) == (label, label)
