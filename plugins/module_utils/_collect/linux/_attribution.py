# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners of listeners described: processes, what systemd would start, and what the kernel holds."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _listeners
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _socket_units

NAMED = 3
SYSTEMD_RUNS = "/run/systemd/system"  # sd_booted(3)


class NamespaceSockets(t.NamedTuple):
    """Sockets of one namespace. ``kernel``: its ports that the kernel holds; None: not asked for yet."""

    groups: t.Sequence[_listeners.SocketGroup]
    kernel: t.Optional[t.Mapping[t.Tuple[str, int], str]] = None


class OwnersFound(t.NamedTuple):
    """``known``: what each of the namespaces has for its listeners."""

    known: t.List[_listeners.Ownership]
    gaps: t.List[_socket.Gap]


class Attribution:
    """The search for owners of sockets, once it is known which processes hold them."""

    def __init__(
        self, roots: _host_files.Roots, budget: Budget, connect: _wire.Connect, *, host: _listeners.HostContext
    ) -> None:
        self._roots = roots
        self._budget = budget
        self._connect = connect
        self._host = host
        self._gaps: t.List[_socket.Gap] = []
        self._units: t.Optional[_socket_units.SocketUnits] = None

    def find(
        self,
        namespaces: t.Sequence[NamespaceSockets],
        holders: _holders.Holders,
        *,
        also: t.AbstractSet[int] = frozenset(),
    ) -> OwnersFound:
        """Owners, activations and the kernel's ports, for each of the namespaces.

        A process may hold sockets of several namespaces, and all executables are compared in one go. ``also`` are
        processes to describe that hold no listener.
        """
        held = [{item.key: _listeners.pids(item, holders) for item in one.groups} for one in namespaces]
        holding: t.Set[int] = set().union(*(pids for each in held for pids in each.values()))
        systemd = self._systemd(holding)
        activations = [self._activations(one.groups, pids, systemd=systemd) for one, pids in zip(namespaces, held)]
        waiting = [_waiting(each, pids, systemd=systemd) for each, pids in zip(activations, held)]
        owners, stand_ins = self._described(self._processes(holding | also, holders.met), waiting)
        kernel = [self._kernel(pids) if one.kernel is None else one.kernel for one, pids in zip(namespaces, held)]
        each = zip(activations, stand_ins, kernel)
        return OwnersFound([_listeners.Ownership(holders, owners, systemd, *its) for its in each], self._gaps)

    def _activations(
        self,
        groups: t.Sequence[_listeners.SocketGroup],
        held: t.Mapping[_listeners.Key, t.AbstractSet[int]],
        *,
        systemd: bool,
    ) -> t.Dict[_listeners.Key, _socket_units.Activation]:
        """What systemd activates for sockets, by their key."""
        found = {item.key: self._activation(item, held[item.key] if systemd else frozenset()) for item in groups}
        return {key: activation for key, activation in found.items() if activation is not None}

    def _systemd(self, holding: t.AbstractSet[int]) -> bool:
        if 1 not in holding:
            return False
        comm = _host_files.read(self._roots.proc + "/1/comm")
        return comm == b"systemd\n" and _lexists(self._roots.path(SYSTEMD_RUNS))

    def _activation(
        self, item: _listeners.SocketGroup, holding: t.AbstractSet[int]
    ) -> t.Optional[_socket_units.Activation]:
        """``holding``: who holds the socket. Where systemd does, a unit has its address, or a service left it there.

        A service that runs may keep its descriptors with systemd (``FileDescriptorStoreMax=``): it is the owner then.
        """
        for place in _listeners.socket_places(item, self._host.places):
            if place.unit is not None and place.unit.endswith(_listeners.SOCKET_SUFFIX):
                return self._unit_lookup().by_name(place.unit)
        if 1 not in holding:
            return None
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _socket_units

        protocol, family, port, address, _interface = item.key
        found = self._unit_lookup().by_bind(_socket_units.Bind(protocol, family, address, port))
        if found is None and len(holding) == 1:
            detail = "systemd holds %d/%s, and no .socket unit listens there, or several do" % (port, protocol)
            self._gaps.append(_socket.Gap("socket-unit-unknown", "owners", detail, protocol, family))
        return found

    def _unit_lookup(self) -> _socket_units.SocketUnits:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _socket_units

        if self._units is None:
            self._units = _socket_units.SocketUnits(self._roots)
        return self._units

    @staticmethod
    def _processes(
        pids: t.Iterable[int], met: t.Mapping[int, _process.ProcfsProcess]
    ) -> t.List[_process.ProcfsProcess]:
        """As they were when they were seen to hold it: some may have ended since."""
        return [met[pid] for pid in sorted(pids) if pid in met]

    def _described(
        self,
        processes: t.Sequence[_process.ProcfsProcess],
        waiting: t.Sequence[t.Mapping[_listeners.Key, _socket_units.Activation]],
    ) -> t.Tuple[t.Mapping[int, _socket.Owner], t.Sequence[t.Mapping[_listeners.Key, _socket.Owner]]]:
        """Make owners of processes, and of the services that will run; their executables are compared in one go."""
        questions = [_exe.of_process(process) for process in processes if process.link]
        questions += [_exe.Question(None, one.exe) for each in waiting for one in each.values() if one.exe]
        answers = self._of_twins(processes, self._ask(questions))
        owners = {process.pid: self._owner(process, answers) for process in processes}
        return owners, [{key: self._stand_in(one, answers) for key, one in each.items()} for each in waiting]

    def _ask(self, questions: t.Sequence[_exe.Question]) -> t.Dict[_exe.Question, _exe.ExeAnswer]:
        if not questions:
            return {}
        deadline = max(0.1, min(_exe.DEADLINE, self._budget.wall_left))
        answers, hung = _exe.ask(questions, self._roots, deadline=deadline)
        if hung:
            detail = "some executables could not be compared with the host's files: their file system does not answer"
            self._gaps.append(_socket.Gap("exe-unanswered", "owners", detail))
        else:
            self._unread([one for one, answer in zip(questions, answers) if answer.on_host is None])
        return dict(zip(questions, answers))

    def _unread(self, questions: t.Sequence[_exe.Question]) -> None:
        """Executables on file systems that refuse even root: FUSE does, unless it was mounted with ``allow_root``."""
        there = [one for one in questions if one.pid and _lexists("%s/%d/exe" % (self._roots.proc, one.pid))]
        if there:
            named = ", ".join("pid %s %s" % (one.pid, one.name or "") for one in there[:NAMED])
            more = " and %d more" % (len(there) - NAMED) if len(there) > NAMED else ""
            detail = "the executables of %s%s could not be compared with the host's files: their file system refuses it"
            self._gaps.append(_socket.Gap("exe-unread", "owners", detail % (named.strip(), more)))

    @staticmethod
    def _of_twins(
        processes: t.Iterable[_process.ProcfsProcess], answers: t.Dict[_exe.Question, _exe.ExeAnswer]
    ) -> t.Dict[_exe.Question, _exe.ExeAnswer]:
        """With the answer of a process that runs, for one of the same file that has ended: a server's child.

        The same path in the same mount namespace is the same file, unless it was deleted. Each has its own alias.
        """
        asked = [(one, _exe.of_process(one)) for one in processes if one.link and one.mounts]
        told: t.Dict[t.Tuple[t.Any, ...], t.Set[_exe.ExeAnswer]] = {}
        for one, key in asked:
            if answers[key].on_host is not None:
                told.setdefault((one.link, one.mounts), set()).add(answers[key]._replace(alias=None))
        for one, key in asked:
            twins = told.get((one.link, one.mounts), set())
            if answers[key].on_host is None and not answers[key].deleted and len(twins) == 1:
                (twin,) = twins
                answers[key] = twin._replace(alias=answers[key].alias)
        return answers

    def _owner(
        self,
        process: _process.ProcfsProcess,
        answers: t.Mapping[_exe.Question, _exe.ExeAnswer],
    ) -> _socket.Owner:
        answer = _exe.ExeAnswer(None, None, None)
        if process.link is not None:
            answer = answers[_exe.of_process(process)]
        uid = self._host.users.known(process.uid)
        place = process.place
        return _socket.Owner(
            pid=process.pid,
            name=process.name,
            exe=None if answer.exe is None else _host_files.unicode_text(answer.exe),
            exe_deleted=answer.deleted,
            exe_on_host=answer.on_host,
            uid=uid,
            user=self._host.users.name(uid),
            unit=place.unit,
            container=place.container,
            engine=place.engine,
            cgroup=place.told,
            started=process.started,
            exe_alias=None if answer.alias is None else _host_files.unicode_text(answer.alias),
        )

    def _stand_in(
        self,
        activation: _socket_units.Activation,
        answers: t.Mapping[_exe.Question, _exe.ExeAnswer],
    ) -> _socket.Owner:
        """What the owner will be once the service runs, as far as that is certain.

        The kernel names it after the file that is executed.
        """
        answer = _exe.NOT_TOLD if activation.exe is None else answers[_exe.Question(None, activation.exe)]
        if activation.exe is None or answer.exe is None:
            return _socket.Owner(unit=activation.service, cgroup=_socket.PLANNED)
        uid = self._host.users.uid(activation.user)
        return _socket.Owner(
            name=activation.exe.rsplit("/", 1)[-1][: _process.COMM_LENGTH],
            exe=_host_files.unicode_text(answer.exe),
            exe_deleted=answer.deleted,
            exe_on_host=answer.on_host,
            uid=uid,
            user=self._host.users.name(uid),
            unit=activation.service,
            cgroup=_socket.PLANNED,
            exe_alias=None if answer.alias is None else _host_files.unicode_text(answer.alias),
        )

    def _kernel(self, held: t.Mapping[_listeners.Key, t.Set[int]]) -> t.Mapping[t.Tuple[str, int], str]:
        """Asked for only when a socket has no holder."""
        if all(held.values()):
            return {}
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _kernel_services
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _kernel_owned

        services = _kernel_services.look(self._roots)
        ports = {
            **services.ports,
            **{("udp", port): kind for port, kind in _kernel_owned.tunnels(self._connect).items()},
        }
        if any(not pids and (key[0], key[2]) not in ports for key, pids in held.items()):
            self._gaps.extend(services.gaps)
        return ports


def _waiting(
    activations: t.Mapping[_listeners.Key, _socket_units.Activation],
    held: t.Mapping[_listeners.Key, t.AbstractSet[int]],
    *,
    systemd: bool,
) -> t.Dict[_listeners.Key, _socket_units.Activation]:
    """Those of services that have not started."""
    return {key: one for key, one in activations.items() if _listeners.activator_only(held[key], systemd=systemd)}


def _lexists(path: str) -> bool:
    import os

    return os.path.lexists(path)
