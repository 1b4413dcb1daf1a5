# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network namespaces beside the host's own: found, visited, and visited again at the end."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _find, _visit
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget

_UNKNOWN = "the collector's own network namespace is unknown, so the collector entered no other namespace"

_WITHIN = "the collector runs in a pid namespace: it did not search network namespaces of processes outside of it"
_DENIED = "the collector may not read the network namespaces of some processes, so other namespaces may exist"


class OtherNamespaces:
    """All that can be found. ``gaps`` says what could not be entered; ``left_out`` counts it."""

    def __init__(self, roots: _host_files.Roots, own: t.Optional[int], budget: Budget) -> None:
        self._roots = roots
        self._own = own
        self._budget = budget
        doors = _find.doors(roots, own) if own is not None else _find.NamespacePaths({}, denied=False)
        self._doors = doors.paths
        visit = self._visit_all(self._doors, _visit.everything)
        self.insides = [visit.seen[number] for number in sorted(visit.seen)]
        self.left_out = None if own is None else sum(visit.missed.values()) - visit.missed.get(_visit.ENDED, 0)
        self.gaps: t.List[_socket.Gap] = [*visit.gaps]
        self.gaps += [gap for one in self.insides for gap in (*one.dump.gaps, *one.gaps)]
        if doors.denied:
            detail = _remedy.refused(_DENIED, _remedy.PTRACE, roots.proc)
            self.gaps.append(_socket.Gap("permission", "listeners", detail))
        if not _find.whole_host(roots.proc):
            self.gaps.append(_socket.Gap("pid-namespace", "host", _WITHIN))
        if own is None:
            self.gaps.append(_socket.Gap("namespace-unknown", "listeners", _UNKNOWN))

    def again(self) -> t.Dict[t.Optional[int], t.Optional[t.Tuple[_sock_diag.RawSocket, ...]]]:
        """The sockets of each namespace at the end.

        None where not the same could be seen as before. A namespace that has ended has no sockets.
        """
        before = {inside.number: inside.dump for inside in self.insides}
        doors = {number: self._doors[number] for number in before if number is not None}
        visit = self._visit_all(doors, _visit.sockets)
        hidden = bool(visit.gaps)
        found: t.Dict[t.Optional[int], t.Optional[t.Tuple[_sock_diag.RawSocket, ...]]] = {}
        for number, dump in before.items():
            seen = visit.seen.get(number or 0)
            if seen is None:
                found[number] = None if hidden else ()
            else:
                found[number] = seen.dump.sockets if seen.dump.gaps == dump.gaps else None
        return found

    def _visit_all(self, doors: t.Mapping[int, t.Sequence[str]], look: _visit.Look) -> _visit.Visit:
        """Go in; where every process that led there has ended, look once more who is in there now.

        A process that ends takes its namespace along only when nobody else is in it: daemons leave it to a child.
        """
        visit = self._enter(doors, look)
        if not visit.ended:
            return visit
        now = _find.doors(self._roots, self._own).paths
        rest = self._enter({number: now[number] for number in visit.ended if number in now}, look)
        counts = {**visit.missed, _visit.ENDED: len(visit.ended - set(now))}
        for reason, count in rest.missed.items():
            counts[reason] = counts.get(reason, 0) + count
        return _visit.Visit({**visit.seen, **rest.seen}, counts, (visit.ended - set(now)) | rest.ended)

    def _enter(self, doors: t.Mapping[int, t.Sequence[str]], look: _visit.Look) -> _visit.Visit:
        if not doors:
            return _visit.Visit({}, {})
        left = max(0.1, self._budget.wall_left)
        deadline = min(_visit.DEADLINE, left)
        return _visit.visit(doors, proc=self._roots.proc, deadline=deadline, total=left, look=look)
