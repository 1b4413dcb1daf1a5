# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector of Linux. Other systems have a module of their own: see _unix_entry.py."""

from __future__ import annotations

import sys

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms, _snapshot


# sys.platform begins with the key. What is not here is left to lsof.
def collect(options: _snapshot.Options, *, system: str = sys.platform) -> _snapshot.Snapshot:
    """Look at this Linux. On another system, or with a collector other than Linux's, it is a gap."""
    platform = _platforms.platform_of(system)
    if platform != "linux" or options.collector not in ("auto", "linux"):
        return unsupported(options, platform)
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector

    return _collector.collect(options)


def unsupported(options: _snapshot.Options, platform: str) -> _snapshot.Snapshot:
    """What a collector says where it is not the one to look."""
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

    return _snapshot.unsupported(options, _host_facts.facts(_host_files.Roots()), platform=platform)
