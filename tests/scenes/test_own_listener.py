# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: a listener of the test is seen, and seen as the test's."""

from __future__ import annotations

import os
import socket
import typing as t


def test_a_listener_of_the_test_is_found_with_its_owner(collect: t.Callable[..., dict[str, t.Any]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        listeners = collect()["listeners"]
    (found,) = [one for one in listeners if (one["protocol"], one["port"]) == ("tcp", port)]
    assert found["address"] == "127.0.0.1"
    assert [owner["pid"] for owner in found["owners"]] == [os.getpid()]
