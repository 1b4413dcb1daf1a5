# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systems that collectors know, by the words that evidence and options have for them.

A new one is a row here, a folder in ``commands/`` and an import in ``_unix_entry.py``. Of all that, Linux hosts are
sent the row.
"""

from __future__ import annotations

import typing as t


class Platform(t.NamedTuple):
    """``systems``: how ``sys.platform`` begins there. ``commands``: its collector runs commands.

    ``collector``: what the option calls its collector.
    """

    name: str
    systems: t.Tuple[str, ...]
    collector: str
    commands: bool = False


OTHER = "other"  # any system that has lsof


PLATFORMS = (
    Platform("linux", ("linux",), "linux"),
    Platform("darwin", ("darwin",), "darwin", commands=True),
    Platform("freebsd", ("freebsd",), "freebsd", commands=True),
    Platform(OTHER, (), "lsof", commands=True),
    Platform("windows", ("win", "cygwin"), "windows"),
)
BY_COMMANDS = tuple(one.collector for one in PLATFORMS if one.commands)
COLLECTORS = ("auto", *(one.collector for one in PLATFORMS))


def platform_of(system: str) -> str:
    """The platform's word in evidence, of ``sys.platform``."""
    return next((one.name for one in PLATFORMS if system.startswith(one.systems)), OTHER)
