# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every collector returns, and the options that it takes."""

from __future__ import annotations

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms, _snapshot


def test_the_options_of_a_module_are_those_of_a_collector():
    spec = _snapshot.argument_spec()
    assert {name: option["default"] for name, option in spec.items()} == _snapshot.Options()._asdict()
    assert tuple(spec["owners"]["choices"]) == _snapshot.OWNERS
    assert tuple(spec["collector"]["choices"]) == _platforms.COLLECTORS
    assert set(_platforms.BY_COMMANDS) < set(_platforms.COLLECTORS)
