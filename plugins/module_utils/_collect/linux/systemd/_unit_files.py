# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd's unit files with their drop-ins, read as systemd.unit(5) says, without asking systemd.

Only what sockets need: where a unit comes from, its aliases, and the settings of its sections.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

# systemd.unit(5), "System Unit Search Path", highest first; /lib is the same as /usr/lib where those are merged.
DIRECTORIES = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
MASK = "/dev/null"

# Values by (section, key), in order; an empty value clears what came before it (systemd.syntax(7)).
Settings = t.Dict[t.Tuple[str, str], t.List[str]]


class Unit(t.NamedTuple):
    """A unit with its drop-ins. ``name`` is its own, of an alias that of the unit it stands for."""

    name: str
    settings: Settings

    def last(self, section: str, key: str) -> t.Optional[str]:
        values = self.settings.get((section, key))
        return values[-1] if values else None

    def all(self, section: str, key: str) -> t.Sequence[str]:
        return self.settings.get((section, key), ())


class UnitFiles:
    """The unit files of a host; directories are listed once."""

    def __init__(self, roots: _host_files.Roots) -> None:
        self._roots = roots
        self._listings: t.Dict[str, t.Tuple[str, ...]] = {}

    def names(self, suffix: str) -> t.List[str]:
        """Names of all units with a suffix (``.socket``), sorted."""
        found: t.Set[str] = set()
        for directory in DIRECTORIES:
            found.update(name for name in self._list(directory) if name.endswith(suffix))
        return sorted(found)

    def load(self, name: str) -> t.Optional[Unit]:
        """A unit by name; None when it does not exist or is masked. Of an instance without a file, its template's."""
        path = self._find(name)
        own = name
        if path is None and template(name) != name:
            path = self._find(template(name))
        if path is None:
            return None
        own, target = self._resolve(name, path)
        text = _host_files.read(target) if target is not None else None
        if text is None:
            return None
        settings: Settings = {}
        parse(text, settings)
        for drop_in in self._drop_ins(own):
            parse(_host_files.read(drop_in) or b"", settings)
        return Unit(own, settings)

    def wanted(self, name: str) -> bool:
        """Whether something starts the unit at boot (a link in a ``.wants`` or ``.requires`` directory)."""
        for directory in DIRECTORIES:
            for entry in self._list(directory):
                if entry.endswith((".wants", ".requires")) and name in self._list("%s/%s" % (directory, entry)):
                    return True
        return False

    def _find(self, name: str) -> t.Optional[str]:
        for directory in DIRECTORIES:
            if name in self._list(directory):
                return self._roots.path("%s/%s" % (directory, name))
        return None

    def _resolve(self, name: str, path: str) -> t.Tuple[str, t.Optional[str]]:
        """The unit's own name and file. A link to a unit of another name is an alias; to /dev/null, a mask."""
        target = _host_files.readlink(path)
        if target is None:
            return name, path
        if target == MASK:
            return name, None
        base = os.path.basename(target)
        if base.endswith(os.path.splitext(name)[1]) and base != template(name) and base != name:
            real = self._find(base)
            if real is not None and _host_files.readlink(real) == MASK:
                return base, None
            return base, real
        return name, self._roots.path(target) if target.startswith("/") else path

    def _drop_ins(self, name: str) -> t.List[str]:
        """Drop-ins by file name; a directory named after the unit beats those of its prefixes, /etc beats /run."""
        found: t.Dict[str, str] = {}
        for unit in _drop_in_names(name):
            for directory in DIRECTORIES:
                place = "%s/%s.d" % (directory, unit)
                for entry in self._list(place):
                    if entry.endswith(".conf"):
                        found.setdefault(entry, self._roots.path("%s/%s" % (place, entry)))
        return [found[entry] for entry in sorted(found) if _host_files.readlink(found[entry]) != MASK]

    def _list(self, directory: str) -> t.Tuple[str, ...]:
        known = self._listings.get(directory)
        if known is None:
            try:
                known = tuple(sorted(os.listdir(self._roots.path(directory))))
            except OSError:
                known = ()
            self._listings[directory] = known
        return known


def template(name: str) -> str:
    """``foo@bar.service`` → ``foo@.service``; any other name as it is."""
    stem, suffix = os.path.splitext(name)
    prefix, at, _instance = stem.partition("@")
    return prefix + at + suffix


def parse(text: bytes, settings: Settings) -> None:
    """Add the settings of one file."""
    section = ""
    for line in _lines(_host_files.unicode_text(text)):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if not equals:
            continue
        values = settings.setdefault((section, key.strip()), [])
        if value.strip():
            values.append(value.strip())
        else:
            values.clear()


def _lines(text: str) -> t.Iterator[str]:
    """Logical lines: comments dropped, those that end in a backslash joined with the next."""
    joined = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith(("#", ";")):
            continue
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        if joined or line:
            yield joined + line
        joined = ""
    if joined:
        yield joined


def _drop_in_names(name: str) -> t.List[str]:
    """Whose ``.d`` directories count: the unit, its template, its prefixes up to each dash, its type."""
    stem, suffix = os.path.splitext(name)
    names = [name]
    if template(name) != name:
        names.append(template(name))
    prefix = stem.partition("@")[0]
    while "-" in prefix:
        prefix = prefix.rpartition("-")[0]
        names.append(prefix + "-" + suffix)
    return [*names, suffix[1:]]
