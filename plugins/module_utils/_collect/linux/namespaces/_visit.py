# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen from inside a network namespace, and how a child goes into others to see it.

A process that enters a namespace stays there, so a child does it, one for all of them.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _child, _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._records import Records
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
    _host_facts,
    _local_delivery,
    _portless_entries,
    _sources,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux._namespace_view import NamespaceView
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _kernel_owned,
    _sock_diag,
    _wire,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat, _published

DEADLINE = 5.0  # seconds for one namespace: the kernel answers at once, or somebody holds its locks
NEWNET = 0x40000000  # CLONE_NEWNET, include/uapi/linux/sched.h
# Why a namespace was not looked at.
ENDED, REFUSED, HUNG = "ended", "refused", "hung"
_REASONS = {
    REFUSED: ("permission", "%d other network namespaces could not be entered"),
    HUNG: ("namespace-unanswered", "%d other network namespaces did not answer in time"),
}


Look = t.Callable[[int, str], NamespaceView]

_RECORDS = Records(
    NamespaceView,
    _sources.Dump,
    _sock_diag.RawSocket,
    _socket.Gap,
    _portless_entries.RawPath,
    _portless_entries.RulePath,
    _nat.Published,
    _host_facts.Ephemeral,
)


class Visit(t.NamedTuple):
    """What a round through the namespaces gave. ``missed`` counts those not seen, by reason.

    ``ended``: numbers of those that none of the paths led into any more.
    """

    seen: t.Mapping[int, NamespaceView]
    missed: t.Mapping[str, int]
    ended: t.FrozenSet[int] = frozenset()

    @property
    def gaps(self) -> t.List[_socket.Gap]:
        """A namespace that ended meanwhile hides nothing; the others may hide any listener."""
        return [
            _socket.Gap(code, "listeners", _told(code, detail % self.missed[reason]))
            for reason, (code, detail) in _REASONS.items()
            if self.missed.get(reason)
        ]


def _told(code: str, detail: str) -> str:
    if code != "permission":
        return detail
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy

    return _remedy.refused(detail, _remedy.SYS_ADMIN)


def visit(
    doors: t.Mapping[int, t.Sequence[str]],
    *,
    proc: str,
    deadline: float = DEADLINE,
    total: t.Optional[float] = None,
    look: t.Optional[Look] = None,
) -> Visit:
    """Go into each namespace, given by number with paths that lead into it.

    ``deadline``: seconds for one of them; ``total``: for all. ``look``: what to do in each, by its number and ``proc``;
    None: see everything.
    """
    numbers = sorted(doors)
    looks = look or everything
    answers = _child.ask(
        len(numbers),
        lambda at: _RECORDS.plain(_tell(numbers[at], doors[numbers[at]], proc, looks)),
        deadline=deadline,
        total=total,
    )
    seen: t.Dict[int, NamespaceView] = {}
    missed: t.Dict[str, t.List[int]] = {}
    for number, told in zip(numbers, map(_RECORDS.built, answers)):
        if isinstance(told, NamespaceView):
            seen[number] = told
        else:
            missed.setdefault(told or HUNG, []).append(number)
    counts = {reason: len(which) for reason, which in missed.items()}
    return Visit(seen, counts, frozenset(missed.get(ENDED, ())))


def _tell(number: int, doors: t.Sequence[str], proc: str, look: Look) -> t.Union[NamespaceView, str]:
    """What there is in one namespace, or why it cannot be told, in the child."""
    return _enter(number, doors) or _with_number(number, look(number, proc))


def _enter(number: int, doors: t.Sequence[str]) -> t.Optional[str]:
    """Go in by the first door that still leads there; else why not."""
    refusal = ENDED
    for door in doors:
        try:
            handle = os.open(door, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if os.fstat(handle).st_ino == number:
                    set_namespace(handle)
                    return None
            finally:
                os.close(handle)
        except PermissionError:
            refusal = REFUSED
        except OSError:
            continue  # the process has ended
    return refusal


def set_namespace(handle: int) -> None:
    """setns(2), which the os module has from Python 3.12 on. Raises OSError."""
    if hasattr(os, "setns"):
        os.setns(handle, NEWNET)
        return
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(handle, NEWNET):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def sockets(number: int, proc: str) -> NamespaceView:
    """See the sockets alone: what a second look is compared by."""
    return NamespaceView(number, _sources.dump_all(proc, sparing=True))


def everything(number: int, proc: str, *, connect: _wire.Connect = _wire.connect) -> NamespaceView:
    """See everything from inside the namespace that the caller is in."""
    dump = _sources.dump_all(proc, connect=connect, sparing=True)
    counts = _sources.kernel_protocols(proc)
    if counts is not None:
        counts.pop("AF_VSOCK", None)  # its sockets belong to no network namespace: the host's own view has them all
    found = _portless_entries.look(proc, counts, connect=connect)
    rules = _published.look(proc, connect=connect)
    beside = (*found.gaps, *rules.gaps)
    if not (dump.sockets or rules.published):
        return NamespaceView(number, dump, (*found.paths, *rules.paths), gaps=beside)
    addresses, gaps = _host_facts.addresses(number, connect=connect)
    delivery, more = _local_delivery.delivery(number, addresses, proc=proc, connect=connect)
    indexes = {raw.interface for raw in dump.sockets if raw.interface}
    unowned = any(raw.protocol == "udp" for raw in dump.sockets)
    return NamespaceView(
        number,
        dump,
        (*found.paths, *rules.paths),
        rules.published,
        addresses=addresses,
        delivery=delivery,
        devices={index: _host_files.unicode_text(_host_facts.device(index)) for index in indexes},
        ephemeral=_host_facts.ephemeral(proc),
        kernel={("udp", port): kind for port, kind in _kernel_owned.tunnels(connect).items()} if unowned else {},
        gaps=(*beside, *gaps, *more),
    )


def _with_number(number: int, inside: NamespaceView) -> NamespaceView:
    """The same with gaps that say which namespace they are of."""
    dump = inside.dump._replace(gaps=_numbered(number, inside.dump.gaps))
    return inside._replace(dump=dump, gaps=_numbered(number, inside.gaps))


def _numbered(number: int, gaps: t.Iterable[_socket.Gap]) -> t.Tuple[_socket.Gap, ...]:
    return tuple(gap._replace(detail="network namespace %d: %s" % (number, gap.detail)) for gap in gaps)
