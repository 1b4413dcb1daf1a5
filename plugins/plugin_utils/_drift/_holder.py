# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, such that a restart changes nothing: executables and units, never a pid or a container id."""

from __future__ import annotations

import re
import typing as t

from ...module_utils._socket import Listener
from .._judge._owner_labels import owner_names
from .._judge.conditions._state import is_ephemeral_udp
from .._policy._user_manager import is_user_manager

# session-12.scope, run-r8f3a.scope: the number is given by chance at each start (systemd.scope(5)).
_COUNTED = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")

_PRIVILEGED = range(512, 1024)  # bindresvport(3)

Holder = tuple[tuple[str, str], ...]


class Known(t.NamedTuple):
    """``holder``: executable and unit of each owner, each once, sorted; None: not known.

    ``whole``: whether nobody else can hold it.
    """

    holder: Holder | None
    label: str | None
    whole: bool


def known(listener: Listener) -> Known:
    """The holder of a listener, and its name for a reader."""
    if listener.owner_status == "kernel":
        return Known((("kernel", ""),), "kernel", whole=True)
    if listener.owner_status == "unattributed":  # all was read, and there is no process
        return Known((), listener.unit, whole=True)
    if not listener.owners:
        return Known(None, listener.unit, whole=False)
    pairs = {(owner.exe or owner.name or "", _unit(owner.unit)) for owner in listener.owners}
    # An owner without a name is one that was seen and could not be read.
    readable = all(exe for exe, _unit in pairs)
    holder = tuple(sorted(pairs)) if readable else None
    return Known(holder, owner_names(listener.owners), readable and listener.owners_complete)


def assigned_anew(listener: Listener) -> bool:
    """Whether its port is another one after each start of its service, or of the kernel's: an ephemeral port.

    Or a privileged port of UDP on a loopback address, as bindresvport(3) chooses them for services of ONC RPC.

    The service has to be known. Anybody can start a program again that belongs to none, and a user any program below a
    service manager of theirs. Unconnected UDP is left out: it has no port of its own for any holder.
    """
    if is_ephemeral_udp(listener) or not (listener.ephemeral or _by_bindresvport(listener)):
        return False
    if listener.owner_status == "kernel":
        return True
    units = [owner.unit or "" for owner in listener.owners]
    return bool(units) and all(unit.endswith(".service") and not is_user_manager(unit) for unit in units)


def _by_bindresvport(listener: Listener) -> bool:
    loopback = listener.address == "::1" or listener.address.startswith("127.")
    return listener.protocol == "udp" and loopback and listener.port in _PRIVILEGED


def _unit(unit: str | None) -> str:
    if unit is None:
        return ""
    return _COUNTED.sub("N", unit) if unit.endswith(".scope") or unit.startswith("run-") else unit
