# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, in words. No pid and no host: what a fleet shows is grouped by these."""

from __future__ import annotations

import typing as t

from ...module_utils._socket import AlternatePath, Listener, Owner


class _NoOwner(t.NamedTuple):
    """Why no process can be named: ``within`` a sentence, behind ``by`` or ``found``, and ``alone`` in a table."""

    within: str
    alone: str


# By owner_status.
_NO_OWNER = {
    "known": _NoOwner("an owner that could not be seen", "owner not known"),
    "denied": _NoOwner("an owner that could not be read", "owner could not be read"),
    "kernel": _NoOwner("the kernel", "the kernel"),
    "other_namespace": _NoOwner("a process of another pid namespace", "a process of another pid namespace"),
    "gone": _NoOwner("an owner that ended during the collection", "owner ended during the collection"),
    "unattributed": _NoOwner("an owner that was not found", "no owner found"),
    "not_collected": _NoOwner("an owner that was not collected", "owner not collected"),
    "unfinished": _NoOwner("an owner that was not found in time", "owner not found in time"),
}
NOT_FOUND = _NO_OWNER["unattributed"].within


def holder(listener: Listener) -> str:
    """Who holds it, within a sentence: names of its processes, sorted, or why there is none to name."""
    return owner_label(listener) or no_owner(listener)


def holder_alone(listener: Listener) -> str:
    """As holder, of a cell in a table."""
    return owner_label(listener) or _why(listener).alone


def no_owner(listener: Listener) -> str:
    """Why there is none to name, within a sentence."""
    return _why(listener).within


def owner_label(listener: Listener | AlternatePath) -> str | None:
    """The names of its processes, None when there is none to name."""
    if isinstance(listener, Listener) and listener.published_by:
        return f"{listener.published_by} to {', '.join(listener.published_to)}"
    return owner_names(listener.owners)


def owner_names(owners: t.Sequence[Owner]) -> str | None:
    """The names of processes, sorted, each once; None when there is none to name."""
    if len(owners) == 1:
        return _name(owners[0])
    return ", ".join(sorted({name for name in map(_name, owners) if name})) or None


def exe_mark(owner: Owner) -> str:
    """What stands behind the path of an executable that a rule does not take for the host's file; or nothing."""
    if owner.exe_deleted:
        return " (deleted)"
    return " (not the host's own file)" if owner.exe_on_host is False else ""


def _name(owner: Owner) -> str | None:
    if owner.name:
        return owner.name
    return owner.exe.rpartition("/")[2] if owner.exe else owner.unit


def _why(listener: Listener) -> _NoOwner:
    return _NO_OWNER.get(listener.owner_status, _NO_OWNER["unattributed"])
