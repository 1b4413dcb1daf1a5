# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collector looks at a host by running commands: any system but Linux, and Linux too when that is asked for.

Apart from Linux's, so that Ansible does not send these files to the hosts that most fleets are made of.
"""

from __future__ import annotations

import sys
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _platform
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms, _snapshot


def collect(options: _snapshot.Options, *, system: str = sys.platform) -> _snapshot.Snapshot:
    """Look at this host with the collector of its platform, or the one that the options force."""
    platform = _platforms.platform_of(system)
    chosen = options.collector if options.collector != "auto" else "lsof" if platform == _platforms.OTHER else platform
    if platform == "windows" or chosen in ("linux", "windows"):
        return _platform.unsupported(options, platform)
    return _collector(chosen)(options)._replace(platform=platform)


def _collector(chosen: str) -> t.Callable[[_snapshot.Options], _snapshot.Snapshot]:
    if chosen == "darwin":
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _darwin

        return _darwin.collect
    if chosen == "freebsd":
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _freebsd

        return _freebsd.collect
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _unix

    return _unix.collect
