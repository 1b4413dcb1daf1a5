# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, in words that a policy can say and that hold on every host: no pid, no container id."""

from __future__ import annotations

import re
import typing as t

from ...module_utils._socket import Listener, Owner
from .._judge.conditions._state import KERNEL, PUBLISHED
from .._policy._allowed_text import text_problem
from .._policy.resolve._patterns import host_problem
from .._policy.resolve._process_literals import process_problem

_SPECIAL = re.compile(r"([*?[])")
_UNPLAIN = re.compile(r"[^A-Za-z0-9._-]")
_PASSING_UNIT = re.compile(r"run-|session-|user@")  # named by chance, or by a user: systemd.unit(5), systemd-run(1)


class Identity(t.NamedTuple):
    """``exe``: what its owners run; ``units``: theirs where no executable can be named. Globs, escaped, sorted.

    ``published``: a packet filter gives the port away, and the owners, if there are any, hold a socket on it too.
    ``kernel``: the kernel holds it.
    """

    exe: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    contained: bool = False
    published: bool = False
    kernel: bool = False

    @property
    def held(self) -> bool:
        """Whether there are owners."""
        return bool(self.exe or self.units)

    @property
    def word(self) -> str:
        """A short word for it."""
        text = (*self.exe, *self.units, "kernel" if self.kernel else "published")[0]
        return text.rpartition("/")[2].partition(".service")[0] or "process"


def identity(listener: Listener) -> Identity | None:
    """None when a rule with a condition on the process could not be true of it: not every owner is known well."""
    if listener.state == PUBLISHED:
        return Identity(published=True)
    if listener.owner_status == KERNEL:
        return Identity(kernel=True)
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


def pairs(listeners: t.Sequence[Listener]) -> dict[tuple[str, int], Identity | None]:
    """Published ports of a host, each with who holds a socket on it too: one approval is for both.

    None: of a socket there it is not known who holds it, or several do.
    """
    found: dict[tuple[str, int], Identity | None] = {
        (one.protocol, one.port): Identity(published=True) for one in listeners if one.state == PUBLISHED
    }
    for one in listeners:
        place = (one.protocol, one.port)
        if place in found and one.state != PUBLISHED:
            who, known = identity(one), found[place]
            together = who._replace(published=True) if who is not None and who.held else None
            alone = known is not None and (not known.held or known == together)
            found[place] = together if alone else None
    return found


def unit(listener: Listener, owner: Owner) -> str | None:
    """The unit that a rule can ask for: the owner's, and nothing that the socket says contradicts it."""
    name = owner.unit
    if name is None or listener.unit_conflict is not None or listener.unit not in (None, name):
        return None
    return literal("unit", name) if name.endswith(".service") and not _PASSING_UNIT.match(name) else None


def user(owner: Owner) -> str | None:
    """The login name that a rule can ask for; digits would be read as a uid."""
    return literal("user", owner.user) if owner.user and not owner.user.isdigit() else None


def literal(field: str, text: str | None) -> str | None:
    """A glob that matches this text alone, None for what a policy cannot hold in this field of ``process``."""
    if not text or "{{" in text or "{%" in text or not text.isprintable():
        return None
    glob = _SPECIAL.sub(r"[\1]", text)
    return None if process_problem(field, glob) else glob


def exact_host_glob(name: str) -> str | None:
    """A glob that matches the name of this host alone, None where no policy can hold one."""
    glob = _SPECIAL.sub(r"[\1]", name)
    return None if host_problem(glob) or text_problem(glob) else glob


def host_glob(name: str) -> str:
    """A glob for the name of a host. What a policy takes for more than a name has a ``?`` in its place."""
    exact = exact_host_glob(name)
    if exact is not None:
        return exact
    glob = _UNPLAIN.sub("?", name)
    return glob if not host_problem(glob) else f"{glob[:-1]}?"


def _exe(owner: Owner, *, contained: bool) -> str | None:
    """In a container the path is meant as the container has it; elsewhere only the host's own file counts.

    Of several paths of one file, the one by which it was started.
    """
    known = owner.exe is not None and owner.exe.startswith("/") and (contained or owner.exe_on_host)
    return literal("exe", owner.exe_alias or owner.exe) if known else None


def _all(values: t.Iterable[str | None]) -> tuple[str, ...]:
    """The values, sorted, each once; nothing when one of them is unknown."""
    found = list(values)
    return () if None in found else tuple(sorted({value for value in found if value is not None}))
