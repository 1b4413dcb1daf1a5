# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host at two times: widened is what is reached from further away, and moved what is not."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host import compare
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._report.makers import (
    HOST_NAMESPACE,
    document,
    listener,
    owner,
)

_ADDRESSES = ("127.0.0.1", "127.0.0.2", "169.254.0.5", "10.0.0.5", "10.0.0.6", "8.8.8.8")
JAVA = owner("java")


def _document(*seen: Listener) -> dict[str, t.Any]:
    made = document("web1", policy="0" * 64)
    addresses = [{"address": it, "device": "eth0", "namespace": HOST_NAMESPACE} for it in _ADDRESSES]
    made["host"]["addresses"] = addresses
    return {**made, "listeners": [to_dict(it) for it in seen]}


def _changes(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    old, new = ([listener(8080, address, JAVA) for address in addresses] for addresses in (before, after))
    return [change.kind for change in compare(_document(*old), _document(*new)).changes]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param(("10.0.0.5",), ("10.0.0.5",), [], id="the same"),
        pytest.param(("127.0.0.1",), ("127.0.0.2",), ["moved"], id="as far as before: host"),
        pytest.param(("10.0.0.5",), ("10.0.0.6",), ["moved"], id="as far as before: private"),
        pytest.param(("127.0.0.1",), ("169.254.0.5",), ["widened"], id="host to link"),
        pytest.param(("169.254.0.5",), ("10.0.0.5",), ["widened"], id="link to private"),
        pytest.param(("10.0.0.5",), ("8.8.8.8",), ["widened"], id="private to public"),
        pytest.param(("127.0.0.1",), ("0.0.0.0",), ["widened"], id="to the wildcard"),
        pytest.param(("8.8.8.8",), ("10.0.0.5",), ["moved"], id="narrower"),
        pytest.param(("8.8.8.8", "127.0.0.1"), ("10.0.0.5",), ["moved", "closed"], id="from the widest of several"),
    ],
)
def test_reach(before: tuple[str, ...], after: tuple[str, ...], kinds: list[str]) -> None:
    assert _changes(before, after) == kinds
