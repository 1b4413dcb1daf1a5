# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a directory is a safe place: nobody but root and the running user can exchange what is written there.

Whoever may write one folder on the way can rename the next one and put a folder of their own in its place, in the
middle of a run. A folder with the sticky bit (``/tmp``) is fine: there, each can rename only what they own (chmod(2)).
"""

from __future__ import annotations

import contextlib
import errno
import grp
import os
import pwd
import stat
import typing as t

from ..._common._printable import printable
from .._evidence_errors import EvidenceError
from . import _atomic_files

_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
_LINKS = 40  # as the kernel follows at most (path_resolution(7))
_ACL = "system.posix_acl_access"
_ACCEPT = "or accept it for this run with -e port_audit_output_trusted=true"


class Fault(t.NamedTuple):
    """What is wrong with a component of the path, and what would mend it."""

    component: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return printable(f"{self.component} {self.wrong}")


def check_place(path: str) -> None:
    """Raise EvidenceError that names the component of the path which others can change, and says what to do."""
    found = fault(path)
    if found is not None:
        raise EvidenceError(_said(path, found))


def _said(path: str, found: Fault) -> str:
    return (
        f"The output directory is not safe: {found}, so other users could replace files during the run. "
        f"Choose another output directory, {printable(found.mend)}, {_ACCEPT}. (The run is in {printable(path)}.)"
    )


def fault(path: str) -> Fault | None:
    """The first component of the path that others can change; of links, the way to them and the way that they lead.

    What does not exist yet is not looked at: it will be made by us, for us alone.
    """
    trusted = _trusted()
    for component, found in _components(path):
        wrong = _wrong(component, found, trusted)
        if wrong is not None:
            return wrong
    return None


def check_own(path: str) -> None:
    """As check_place, of a folder of a run itself, in which nobody else has anything to write, sticky bit or not."""
    check_place(path)
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        raise EvidenceError(_said(path, Fault(path, "is a link", f"remove {path}")))
    if _writers(path, found, _trusted()):
        raise EvidenceError(_said(path, _open_to_others(path, found)))


def _trusted() -> frozenset[int]:
    """Root, the running user, and of root by sudo whoever became root for this: they could change it as root too."""
    user = os.geteuid()
    by_sudo = os.environ.get("SUDO_UID", "") if user == 0 else ""
    return frozenset({0, user, *([int(by_sudo)] if by_sudo.isascii() and by_sudo.isdigit() else [])})


def _components(path: str) -> t.Iterator[tuple[str, os.stat_result]]:
    """Each folder and link that is walked through, as the kernel does (path_resolution(7)).

    Raises EvidenceError for what is no path, or leads where nobody can see.
    """
    _atomic_files.check_path(path)
    current, left, links = os.sep, _parts(os.path.abspath(path)), 0
    yield current, os.lstat(current)
    while left:
        part = left.pop()
        if part == os.pardir:
            current = os.path.dirname(current)
            continue
        component = os.path.join(current, part)
        try:
            found = os.lstat(component)
        except OSError:  # not there yet, or not to be walked through: whoever makes it is told
            return
        yield component, found
        if not stat.S_ISLNK(found.st_mode):
            current = component
            continue
        links += 1
        if links > _LINKS:
            raise EvidenceError(f"cannot follow {printable(path)}: {os.strerror(errno.ELOOP)}")
        target = _target(component)
        current = os.sep if os.path.isabs(target) else current
        left.extend(_parts(target))


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError as error:  # links of /proc tell it to those alone who may trace the process
        raise EvidenceError(f"cannot follow {printable(link)}: {error.strerror}") from error


def _parts(path: str) -> list[str]:
    """The last first."""
    return [part for part in path.split(os.sep) if part not in ("", os.curdir)][::-1]


def _wrong(component: str, found: os.stat_result, trusted: frozenset[int]) -> Fault | None:
    if found.st_uid not in trusted:
        what = "is a link of" if stat.S_ISLNK(found.st_mode) else "belongs to"
        return Fault(component, f"{what} {_user(found.st_uid)}", f"take ownership of {component} with chown")
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & stat.S_ISVTX:
        return None
    return _open_to_others(component, found) if _writers(component, found, trusted) else None


def _open_to_others(component: str, found: os.stat_result) -> Fault:
    who = "everybody" if found.st_mode & stat.S_IWOTH else "its group or by a user in its ACL"
    mode = stat.S_IMODE(found.st_mode)
    return Fault(component, f"can be written by {who} (mode {mode:04o})", f"run chmod go-w {component}")


def _writers(path: str, found: os.stat_result, trusted: frozenset[int]) -> bool:
    """Whether anybody else may write there. Where there is an ACL, the group's bits are all that it gives (acl(5))."""
    if found.st_mode & stat.S_IWOTH:
        return True
    if not found.st_mode & stat.S_IWGRP:
        return False
    return _has_acl(path) or not any(_private_group(found.st_gid, user) for user in trusted if user)


def _has_acl(path: str) -> bool:
    """Whether there is one beside the mode; yes, where nobody can tell."""
    if not hasattr(os, "getxattr"):
        return False
    try:
        os.getxattr(path, _ACL, follow_symlinks=False)
    except OSError as error:
        return error.errno not in (errno.ENODATA, errno.EOPNOTSUPP)
    return True


def _private_group(gid: int, user: int) -> bool:
    """Whether it is a group that a user has alone, of the user's name: with umask 002, all their folders are its own.

    sshd of Debian and Fedora takes such files for private too (user-group-modes.patch).
    """
    with contextlib.suppress(KeyError):
        account, group = pwd.getpwuid(user), grp.getgrgid(gid)
        others = {name for name in group.gr_mem if name != account.pw_name}
        others |= {other.pw_name for other in pwd.getpwall() if other.pw_gid == gid and other.pw_uid != user}
        return account.pw_gid == gid and group.gr_name == account.pw_name and not others
    return False


def _user(uid: int) -> str:
    with contextlib.suppress(KeyError):
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    return f"uid {uid}"
