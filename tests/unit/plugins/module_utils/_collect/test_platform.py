# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which system this is, and that all collectors give records of one shape."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _platform
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms, _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import Commands
from ansible_collections.fleetports.compliance.tests.unit.plugins.module_utils._collect.commands.test_unix import KINDS

SYSTEMS = {
    "linux": "linux",
    "linux2": "linux",
    "darwin": "darwin",
    "freebsd14": "freebsd",
    "win32": "windows",
    "cygwin": "windows",
    "openbsd7": "other",
    "sunos5": "other",
    "aix": "other",
}


@pytest.mark.parametrize(("system", "platform"), sorted(SYSTEMS.items()))
def test_platforms(system, platform):
    assert _platforms.platform_of(system) == platform


@pytest.mark.parametrize("collector", ["auto", "linux"])
def test_linux(collector):
    found = _platform.collect(_snapshot.Options(collector=collector, owners="none"), system="linux")
    assert (found.name, found.platform) == ("linux", "linux")


@pytest.mark.parametrize(
    ("system", "collector", "detail"),
    [
        ("win32", "auto", "this module has no collector for the platform windows"),
        ("darwin", "auto", "this module has no collector for the platform darwin"),
        ("openbsd7", "auto", "this module has no collector for the platform other"),
        ("darwin", "linux", "this module has no collector linux for the platform darwin"),
        ("openbsd7", "linux", "this module has no collector linux for the platform other"),
        ("linux", "windows", "this module has no collector windows for the platform linux"),
        ("linux", "lsof", "this module has no collector lsof for the platform linux"),
    ],
)
def test_what_it_is_not_for(system, collector, detail):
    result = _platform.collect(_snapshot.Options(collector=collector), system=system).to_result()
    (gap,) = result["collector"]["gaps"]
    assert (gap["code"], gap["affects"], gap["protocol"]) == ("unsupported", "listeners", None)
    assert gap["detail"] == detail
    assert (result["collector"]["name"], result["listeners"]) == ("none", [])
    assert result["collector"]["platform"] == SYSTEMS[system]
    assert result["host"]["hostname"]
    assert result["host"]["addresses"] is None


def snapshot_of(kind):
    if kind == "linux":
        return _collector.collect(_snapshot.Options())
    collector, answers = KINDS[kind]
    return collector(_snapshot.Options(), run=Commands(**answers), euid=0).collect()


@pytest.mark.parametrize("kind", ["linux", *sorted(KINDS)])
class TestOneShape:
    """As psutil's contract tests do: whatever the system, the same keys and the same kinds of values."""

    def test_the_keys_are_the_same(self, kind):
        result, linux = snapshot_of(kind).to_result(), snapshot_of("linux").to_result()
        assert set(result) == set(linux)
        assert set(result["host"]) == set(linux["host"])
        assert set(result["collector"]) == set(linux["collector"])
        assert result["collector"]["platform"] in [one.name for one in _platforms.PLATFORMS]
        assert result["collector"]["name"] in _platforms.COLLECTORS

    def test_records_hold_what_they_say(self, kind):
        snapshot = snapshot_of(kind)
        for listener in snapshot.listeners:
            assert set(_socket.to_dict(listener)) == set(_socket.Listener._fields)
            assert listener.protocol in _socket.PROTOCOLS
            assert listener.family in ("ipv4", "ipv6")
            assert listener.state in ("listen", "unconnected")
            assert listener.owner_status in _socket.OWNER_STATUS
            assert "%" not in listener.address
            assert (":" in listener.address) == (listener.family == "ipv6")
            assert isinstance(listener.port, int)
            assert bool(listener.owners) == (listener.owner_status == "known")
            assert not (listener.owners_complete and listener.owner_status == "denied")
            values = [value for owner in listener.owners for value in owner]
            assert "" not in values, "unknown is None"
            assert _socket.listener_from_dict(_socket.to_dict(listener)) == listener

    def test_lists_are_sorted(self, kind):
        listeners = snapshot_of(kind).listeners
        assert list(listeners) == sorted(listeners, key=lambda listener: listener.identity)
