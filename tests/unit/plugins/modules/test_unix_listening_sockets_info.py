# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module for Unix systems other than Linux, around its collectors."""

from __future__ import annotations

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _unix_entry
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.modules import unix_listening_sockets_info as module


class Module:
    """As AnsibleModule, with one option given."""

    def __init__(self, argument_spec, supports_check_mode):
        assert supports_check_mode
        self.params = {name: option["default"] for name, option in argument_spec.items()}
        self.params["collector"] = "lsof"

    def exit_json(self, **result):
        """Keep the answer."""
        Module.answer = result


def test_options_in_and_an_answer_out(monkeypatch):
    seen = []

    def collect(options):
        seen.append(options)
        return _snapshot.Snapshot(name="lsof", host={}, options=options)

    monkeypatch.setattr(module, "AnsibleModule", Module)
    monkeypatch.setattr(module.os, "nice", seen.append)
    monkeypatch.setattr(_unix_entry, "collect", collect)
    module.main()
    assert seen == [19, _snapshot.Options(collector="lsof")]
    assert (Module.answer["changed"], Module.answer["collector"]["name"]) == (False, "lsof")
