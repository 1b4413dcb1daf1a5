# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection as network devices have: modules run on the controller, whatever the inventory says of the host."""

from __future__ import annotations

from ansible.plugins.connection import NetworkConnectionBase

DOCUMENTATION = """
name: device
short_description: a network device that answers nothing
description: [For the tests of what must not be asked of a network device.]
author: [fleetports maintainers]
options:
  persistent_connect_timeout:
    type: int
    default: 30
    description: [seconds]
    env: [{name: ANSIBLE_PERSISTENT_CONNECT_TIMEOUT}]
  persistent_command_timeout:
    type: int
    default: 30
    description: [seconds]
    env: [{name: ANSIBLE_PERSISTENT_COMMAND_TIMEOUT}]
  persistent_log_messages:
    type: boolean
    default: false
    description: [log]
    env: [{name: ANSIBLE_PERSISTENT_LOG_MESSAGES}]
"""


class Connection(NetworkConnectionBase):  # type: ignore[misc]
    transport = "device"
    has_pipelining = False

    def _connect(self) -> None:
        self._connected = True
