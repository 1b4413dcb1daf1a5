# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about something that may not be seen."""

from __future__ import annotations

import os

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

PTRACE, NET_ADMIN, SYS_ADMIN = "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"


def refused(what: str, capability: str, proc: str = "/proc") -> str:
    """``what`` could not be done, and what would help."""
    return "%s: %s" % (what, _remedy(capability, proc))


def _remedy(capability: str, proc: str) -> str:
    """Root without the capability is root of a container, or kept from it by a sandbox."""
    if os.geteuid() != 0:
        return _socket.BECOME
    if capability not in _host_facts.capabilities(proc):
        return "the collector is root without %s, as in a container" % capability
    return "a security module or another user namespace denies it even to root"
