# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on the processes that hold a listener: true, false or unknown (None).

True needs every owner seen and every one of them to satisfy every field: a second holder is how a listener is
stolen (``pidfd_getfd``, SCM_RIGHTS), so one good owner is not enough. One owner that contradicts makes it false. What
could not be seen makes it unknown, never true.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from ....module_utils._socket import Listener, Owner
from ..._policy._policy_model import ProcessPatterns
from ..._policy._user_manager import is_user_manager
from .._owner_labels import exe_mark, no_owner
from ._globs import Globs

_NOBODY = Owner()
_SESSION = re.compile(r"session-[^/]*\.scope\Z")

# Why an owner's unit or container is not known.
_CGROUPS = {
    "outside": "its cgroup is outside the collector's cgroup namespace",
    "deleted": "its cgroup has been removed",
    "unrecognised": "the name of its cgroup is not one of a known engine",
    "split": "its cgroups name different ones",
    "unreadable": "its cgroup could not be read",
    "planned": "the service has not started",
}

Answer = bool | None
Check = t.Callable[[Listener, Owner], Answer]


@dataclasses.dataclass(frozen=True)
class Doubt:
    """Why a condition is not true: the field that decided, what it wants and what was there."""

    expected: str
    found: str


class ProcessCondition:
    """A compiled ``process`` of a rule or waiver."""

    def __init__(self, process: ProcessPatterns) -> None:
        self._process = process
        self._checks = _checks(process)
        fields = {field for field, _globs in process.conditions}
        self.basis = "port+unit" if fields <= {"unit", "container"} else "port+owner"

    def holds(self, listener: Listener) -> Answer:
        """Whether every owner satisfies every field."""
        owners = listener.owners
        if not owners:
            return self._without_owner(listener)
        answer: Answer = True if listener.owners_complete else None
        for owner in owners:
            for _field, check in self._checks:
                one = check(listener, owner)
                if one is False:
                    return False
                if one is None:
                    answer = None
        return answer

    def _without_owner(self, listener: Listener) -> Answer:
        """No process is visible. The kernel is none; else only the socket's own unit can contradict.

        What a packet filter publishes is served by somebody in the end, and who that is cannot be seen from here.
        """
        if listener.owner_status == "kernel" and not listener.published_by:
            return False
        contradicted = any(check(listener, _NOBODY) is False for _field, check in self._checks)
        return False if contradicted else None

    def doubt(self, listener: Listener) -> Doubt:
        """Why it does not hold: the first field that contradicts, else the first that is unknown."""
        wanted = "; ".join(f"{field} {_any_of(globs)}" for field, globs in self._process.conditions)
        for answer in (False, None):
            for owner in listener.owners or (_NOBODY,):
                for field, check in self._checks:
                    if check(listener, owner) is answer and (answer is False or listener.owners):
                        return Doubt(_wants(self._process, field), _found(field, listener, owner))
        return Doubt(wanted, _unseen(listener))


@functools.lru_cache(maxsize=8192)
def compiled(process: ProcessPatterns | None) -> ProcessCondition | None:
    """The condition, shared by all rules that want the same; None when there is nothing to hold."""
    return ProcessCondition(process) if process is not None and process.conditions else None


def _checks(process: ProcessPatterns) -> tuple[tuple[str, Check], ...]:
    make: dict[str, t.Callable[[tuple[str, ...]], Check]] = {
        "name": _name,
        "exe": _exe_in_container if process.container else _exe,
        "user": _user,
        "unit": _unit,
        "container": _container,
    }
    return tuple((field, make[field](globs)) for field, globs in process.conditions)


def _name(globs: tuple[str, ...]) -> Check:
    match = Globs(globs)
    return lambda _listener, owner: None if owner.name is None else match(owner.name)


def _exe(globs: tuple[str, ...]) -> Check:
    """Anyone can mount a file of their own over /usr/sbin/sshd in a namespace of theirs: only the host's counts."""
    match = Globs(globs)

    def check(_listener: Listener, owner: Owner) -> Answer:
        if owner.exe is None or not owner.exe_on_host:
            return None
        return match(owner.exe) or (owner.exe_alias is not None and match(owner.exe_alias))

    return check


def _exe_in_container(globs: tuple[str, ...]) -> Check:
    """The rule names the container, so the path of an owner that is in one is meant as the container has it."""
    match, elsewhere = Globs(globs), _exe(globs)

    def check(listener: Listener, owner: Owner) -> Answer:
        if owner.container is None:
            return elsewhere(listener, owner)
        return None if owner.exe is None else match(owner.exe)

    return check


def _user(globs: tuple[str, ...]) -> Check:
    """Digits are a uid; ``root`` is uid 0 by any name; another name is what the host's own passwd calls the uid."""
    uids = frozenset(int(glob) for glob in globs if _is_number(glob)) | ({0} if "root" in globs else set())
    names = tuple(glob for glob in globs if not _is_number(glob) and glob != "root")
    match = Globs(names)

    def check(_listener: Listener, owner: Owner) -> Answer:
        if owner.uid is not None and owner.uid in uids:
            return True
        if owner.user is not None and match(owner.user):
            return True
        unknown = (uids and owner.uid is None) or (names and owner.user is None)
        return None if unknown else False

    return check


def _is_number(glob: str) -> bool:
    return glob.isascii() and glob.isdigit()


def _unit(globs: tuple[str, ...]) -> Check:
    match = Globs(globs)

    def fits(unit: str) -> bool:
        return match(unit) and not is_user_manager(unit)

    def check(listener: Listener, owner: Owner) -> Answer:
        made = _made_in(listener)
        stayed = any(other.unit == made for other in listener.owners)
        return _together(_own("unit", owner, fits), None if made is None else fits(made), stayed=stayed)

    return check


def _container(globs: tuple[str, ...]) -> Check:
    match = Globs(globs)

    def check(listener: Listener, owner: Owner) -> Answer:
        made = _made_within(listener)
        stayed = any(other.container == made for other in listener.owners)
        return _together(_own("container", owner, match), None if made is None else match(made), stayed=stayed)

    return check


def _together(own: Answer, of_socket: Answer, *, stayed: bool) -> Answer:
    """What the owner's own place answers and that where the socket was made: the first alone can make it true.

    Where they disagree nobody can tell: a service keeps its socket when it moves. ``stayed``: somebody who holds it is
    still where it was made, so that whoever is elsewhere is another.
    """
    if own is None:
        return False if of_socket is False else None
    if of_socket in (None, own):
        return own
    return False if not own and stayed else None


def _own(field: str, owner: Owner, fits: t.Callable[[str], bool]) -> Answer:
    """What the owner's own cgroup answers. What somebody else's says is never taken for this one's."""
    value = getattr(owner, field)
    if value is not None:
        return fits(value)
    return False if _absent(field, owner) else None


def _absent(field: str, owner: Owner) -> bool:
    """Whether what the owner's cgroup does not name is not there.

    One with a name that is not recognised is no unit of systemd, and may be a container.
    """
    if owner.cgroup is None:
        return owner.unit is not None or owner.container is not None
    return owner.cgroup == "read" or (owner.cgroup == "unrecognised" and field == "unit")


def _made_in(listener: Listener) -> str | None:
    """The unit that the socket itself names, by its own cgroup or that of socket activation.

    A login session makes sockets for others: podman makes those of conmon, which holds them in a unit of its own. Only
    root moves a process out of a session.
    """
    made = listener.unit if listener.unit_source in ("socket", "socket_unit") else None
    handed_on = made is not None and listener.unit_conflict is not None and _SESSION.match(made)
    return None if handed_on else made


def _made_within(listener: Listener) -> str | None:
    """The container that the socket's own cgroup names."""
    return listener.container if listener.container_source == "socket" else None


def _wants(process: ProcessPatterns, field: str) -> str:
    return f"{field} {_any_of(getattr(process, field))}"


def _any_of(globs: tuple[str, ...]) -> str:
    return " or ".join(globs)


def _found(field: str, listener: Listener, owner: Owner) -> str:
    """What the owner shows in a field, in words."""
    if field == "exe" and owner.exe is not None:
        other = f", also {owner.exe_alias}" if owner.exe_alias else ""
        return f"exe {owner.exe}{other if owner.exe_on_host else _not_the_hosts(owner)}"
    if field == "unit":
        return _place("unit", owner, socket=_made_in(listener))
    if field == "container":
        return _place("container", owner, socket=_made_within(listener))
    if field == "user":
        return f"user {owner.user}" if owner.user is not None else _uid(owner)
    value = getattr(owner, field)
    return f"{field} not readable" if value is None else f"{field} {value}"


def _place(field: str, owner: Owner, *, socket: str | None) -> str:
    """``unit a.service (process) but b.service (socket)``, ``unit none``, or why there is none to name."""
    own, absent = getattr(owner, field), _absent(field, owner)
    if owner.cgroup is None and own is None and not absent:
        return f"no {field} seen" if socket is None else f"{field} {socket} (socket)"
    text = f"{field} {own or 'none'}"
    if own is None and not absent:
        text = f"{field} not known: {_CGROUPS.get(owner.cgroup or '', 'not seen')}"
    return text if socket in (None, own) else f"{text} (process) but {socket} (socket)"


def _uid(owner: Owner) -> str:
    return "user not readable" if owner.uid is None else f"uid {owner.uid}, which has no user name on the host"


def _not_the_hosts(owner: Owner) -> str:
    return exe_mark(owner) or " (not compared with the host's file)"


def _unseen(listener: Listener) -> str:
    if listener.owners:
        return "not every owner could be seen"
    return no_owner(listener)
