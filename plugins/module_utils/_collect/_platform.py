# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collector looks at a host."""

from __future__ import annotations

import sys
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _snapshot

# sys.platform begins with the key. What is not here is left to lsof.
_PLATFORMS = {"linux": "linux", "darwin": "darwin", "freebsd": "freebsd", "win": "windows", "cygwin": "windows"}


def platform_of(system: str) -> str:
    """The platform's word in evidence, of ``sys.platform``."""
    return next((name for prefix, name in _PLATFORMS.items() if system.startswith(prefix)), "other")


def collect(options: _snapshot.Options, *, system: str = sys.platform) -> _snapshot.Snapshot:
    """Look at this host with the collector of its platform, or the one that the options force."""
    platform = platform_of(system)
    chosen = options.collector if options.collector != "auto" else "lsof" if platform == "other" else platform
    if chosen == "linux" and platform == "linux":
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _linux

        return _linux.collect(options)
    if platform == "windows" or chosen in ("linux", "windows"):
        return _unsupported(options, chosen, platform)
    return _by_commands(chosen)(options)._replace(platform=platform)


def _by_commands(chosen: str) -> t.Callable[[_snapshot.Options], _snapshot.Snapshot]:
    if chosen == "darwin":
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _darwin

        return _darwin.collect
    if chosen == "freebsd":
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _freebsd

        return _freebsd.collect
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _unix

    return _unix.collect


def _unsupported(options: _snapshot.Options, chosen: str, platform: str) -> _snapshot.Snapshot:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files, _host

    return _snapshot.unsupported(options, _host.facts(_files.Roots()), chosen=chosen, platform=platform)
