# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the main process of Ansible knows once it has imported an action, workers need not read again."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action import _connection_options

ASKED = """
from ansible.plugins.loader import connection_loader, init_plugin_loader
init_plugin_loader()
from ansible import constants as C
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action import _base
for name in ("ssh", "local"):
    # As a task of a role asks.
    found = connection_loader.find_plugin_with_context(
        name, collection_list=["fleetports.compliance", "ansible.builtin", "ansible.legacy"]
    )
    print(name, C.config.has_configuration_definition("connection", found.plugin_resolved_name))
"""


def test_nothing_is_read_or_said_outside_of_ansible():
    code = "from ansible_collections.fleetports.compliance.plugins.plugin_utils._action import _base"
    collections = pathlib.Path(_connection_options.__file__).parents[6]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(collections), *sys.path])},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_options_of_usual_connections_are_known_before_workers_start():
    collections = pathlib.Path(_connection_options.__file__).parents[6]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split("\n")[:2] == ["ssh True", "local True"]
