# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, in words that a policy can say and that hold on every host: no pid, no container id."""

from __future__ import annotations

import re
import typing as t

from ...module_utils._socket import Listener, Owner

_SPECIAL = re.compile(r"([*?[])")
_PASSING_UNIT = re.compile(r"run-|session-|user@")  # named by chance, or by a user: systemd.unit(5), systemd-run(1)


class Identity(t.NamedTuple):
    """``exe``: what its owners run; ``units``: theirs where no executable can be named. Globs, escaped, sorted."""

    exe: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    contained: bool = False

    @property
    def word(self) -> str:
        """A short word for it."""
        text = (self.exe or self.units)[0]
        return text.rpartition("/")[2].partition(".service")[0] or "process"


def identity(listener: Listener) -> Identity | None:
    """None when a rule with a condition on the process could not be true of it: not every owner is known well."""
    if not listener.owners or not listener.owners_complete:
        return None
    contained = [bool(owner.container) for owner in listener.owners]
    if any(contained) and not all(contained):
        return None
    exe = _all(_exe(owner, contained=contained[0]) for owner in listener.owners)
    if exe:
        return Identity(exe=exe, contained=contained[0])
    units = () if contained[0] else _all(unit(listener, owner) for owner in listener.owners)
    return Identity(units=units) if units else None


def unit(listener: Listener, owner: Owner) -> str | None:
    """The unit that a rule can ask for: the owner's, and nothing that the socket says contradicts it."""
    name = owner.unit
    if name is None or listener.unit_conflict is not None or listener.unit not in (None, name):
        return None
    return literal(name) if name.endswith(".service") and not _PASSING_UNIT.match(name) else None


def user(owner: Owner) -> str | None:
    """The login name that a rule can ask for; digits would be read as a uid."""
    return literal(owner.user) if owner.user and not owner.user.isdigit() else None


def literal(text: str | None) -> str | None:
    """A glob that matches this text alone, None for what a policy file cannot hold."""
    if not text or "{{" in text or "{%" in text or not text.isprintable():
        return None
    return _SPECIAL.sub(r"[\1]", text)


def _exe(owner: Owner, *, contained: bool) -> str | None:
    """In a container the path is meant as the container has it; elsewhere only the host's own file counts."""
    known = owner.exe is not None and owner.exe.startswith("/") and (contained or owner.exe_on_host)
    return literal(owner.exe) if known else None


def _all(values: t.Iterable[str | None]) -> tuple[str, ...]:
    """The values, sorted, each once; nothing when one of them is unknown."""
    found = list(values)
    return () if None in found else tuple(sorted({value for value in found if value is not None}))
