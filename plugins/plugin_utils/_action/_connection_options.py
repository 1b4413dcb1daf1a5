# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets Ansible read the options of the usual connections once per run, not once per host.

Ansible itself reads them before it starts workers, but stores them under short names. A task of a role in a collection
asks for the full name, so each worker reads the documentation of the connection again: a quarter of the CPU of a task.
"""

from __future__ import annotations

from ansible.plugins.loader import connection_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

USUAL = ("ansible.builtin.local", "ansible.builtin.ssh")


def read_once() -> None:
    """Read them in the process that imports an action: the main process does, before it starts a worker for it.

    Outside of Ansible's programs there is no loader that finds the plugins by their full names.
    """
    for name in USUAL if AnsibleCollectionConfig.collection_finder is not None else ():
        connection_loader.get(name, class_only=True)
