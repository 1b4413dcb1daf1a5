# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cgroup says: the systemd unit and the container, from the path of a process or the id on a socket.

Sources: cgroups(7), systemd's cg_path_get_unit() (src/basic/cgroup-util.c) and the cgroup names of docker, podman,
containerd, CRI-O, Kubernetes, LXC and systemd-nspawn.
"""

from __future__ import annotations

import functools
import os
import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

# The root of the hierarchy, or no cgroup known: kernfs gives the root directory id 1.
ROOT_ID = 1
MAX_DIRECTORIES = 20000

_UNIT_TYPES = ("service", "socket", "scope", "mount", "swap")

# How runtimes call themselves in cgroups, and how people call them.
_ENGINES = {
    "docker": "docker",
    "libpod": "podman",
    "crio": "cri-o",
    "cri-containerd": "containerd",
    "nerdctl": "containerd",
    "buildkit": "buildkit",
}
_RUNTIME = r"(?P<engine>%s)" % "|".join(_ENGINES)
_ID = r"(?P<id>[0-9a-f]{64})"
_NAME = r"(?P<id>[^/]+)"


class _Kind(t.NamedTuple):
    """How an engine names the cgroup of a container. ``engine`` None: the group of the pattern tells.

    ``below``: the path that it lies in; None: slices alone. It is compared with what is left of a path.
    """

    pattern: str
    engine: t.Optional[str]
    below: t.Optional[str]


_CONTAINERS = (
    # systemd driver: one scope for each container (docker-<id>.scope, libpod-<id>.scope, cri-containerd-<id>.scope)
    _Kind(r"%s-%s\.scope" % (_RUNTIME, _ID), None, None),
    # containerd without the systemd driver, told a path that is made for it: <slice>:cri-containerd:<id>
    _Kind(r"[^/:]+:%s:%s" % (_RUNTIME, _ID), None, None),
    # cgroupfs driver: /docker/<id>, /libpod_parent/libpod-<id>, /kubepods/…/pod<uid>/<id>, /default/<id>
    _Kind(r"docker/" + _ID, "docker", ""),
    _Kind(r"(?:default|k8s\.io|moby)/" + _ID, "containerd", ""),
    _Kind(r"(?:kubelet/)?kubepods/(?:[^/]+/)?pod[^/]+/" + _ID, "kubernetes", ""),
    _Kind(r"(?:libpod_parent/(?:[0-9a-f]{64}/)?)?libpod-" + _ID, "podman", ""),
    _Kind(r"lxc\.payload[./]" + _NAME, "lxc", ""),
    _Kind(r"lxc/" + _NAME, "lxc", ""),
    _Kind(r"systemd-nspawn@%s\.service" % _NAME, "nspawn", "/machine.slice"),
    # Virtual machines have scopes of this name too, with a driver in front: machine-qemu\x2d1\x2dname.scope
    _Kind(r"machine-(?!qemu\\x2d)%s\.scope" % _NAME, "nspawn", "/machine.slice"),
)
# One of these is in every path that a pattern matches: of most processes none is, and no pattern is even tried.
_HINTS = (*_ENGINES, "default/", "k8s.io/", "moby/", "kubepods/", "lxc", "/machine.slice/")

# How much a cgroup told. READ: what it does not name is not there.
READ = "read"
OUTSIDE = "outside"  # it lies outside of the collector's cgroup namespace, which hides its name
DELETED = "deleted"  # it has been removed since
UNRECOGNISED = "unrecognised"  # no unit, and named as no engine known here names containers
SPLIT = "split"  # two hierarchies, or two threads, name different ones
UNREADABLE = "unreadable"
_MARK = " (deleted)"  # cgroup_show_path(), of a process that has ended and whose cgroup has been removed
_MACHINES = "/run/systemd/machines"
_BY_UNIT = "unit:"
_INITIAL = "cgroup:[4026531835]"  # PROC_CGROUP_INIT_INO, include/linux/proc_ns.h


class CgroupPlace(t.NamedTuple):
    """Where a process or socket belongs; None: nowhere that has a name, if ``told`` is READ, else it is not known."""

    unit: t.Optional[str] = None
    container: t.Optional[str] = None
    engine: t.Optional[str] = None
    told: str = READ

    @property
    def named(self) -> bool:
        return self.unit is not None or self.container is not None


NOWHERE = CgroupPlace()


class CgroupReader(t.NamedTuple):
    """Who reads cgroups. ``whole``: from the initial cgroup namespace, where ``/`` is the root of the host.

    ``machines``: containers that systemd-machined has registered, as (unit, name, engine).
    """

    whole: bool = True
    machines: t.Tuple[t.Tuple[str, str, str], ...] = ()


WHOLE = CgroupReader()


def reader(proc: str, *, fs: str = "/") -> CgroupReader:
    """How this process reads cgroups. A kernel without cgroup namespaces shows no file for them."""
    own = _host_files.readlink(proc + "/self/ns/cgroup")
    return CgroupReader(own is None or own == _INITIAL, tuple(_machines(fs.rstrip("/") + _MACHINES)))


def _machines(folder: str) -> t.Iterator[t.Tuple[str, str, str]]:
    """The containers among the machines; virtual machines run no process of the host but the emulator.

    Of each machine there is a file by its name, and a link to it by its unit. Source: machine_save(), src/machine.
    """
    try:
        links = [name for name in os.listdir(folder) if name.startswith(_BY_UNIT)]
    except OSError:
        return
    for link in sorted(links):
        name = os.path.basename(_host_files.readlink("%s/%s" % (folder, link)) or "")
        lines = _host_files.unicode_text(_host_files.read("%s/%s" % (folder, name)) or b"").split("\n")
        told = dict(line.split("=", 1) for line in lines if "=" in line)
        if name and told.get("CLASS") == "container":
            engine = told.get("SERVICE", "")
            yield link[len(_BY_UNIT) :], name, "nspawn" if engine in ("", "systemd-nspawn") else engine


@functools.lru_cache(maxsize=4096)  # most processes of a host are in few, in each of a dozen hierarchies
def place(path: str, by: CgroupReader = WHOLE) -> CgroupPlace:
    """Read a cgroup path: the outermost name that is no slice decides, and nothing below it counts.

    Whoever was given a cgroup names those below it: users theirs below ``user@1000.service``, a service its own by
    ``Delegate=``, a container everything inside.
    """
    if path.startswith("/..") or (path == "/" and not by.whole):
        return CgroupPlace(told=OUTSIDE)
    if not path.endswith(_MARK):
        return _outermost(path, by)[0]
    found, end = _outermost(path[: -len(_MARK)], by)
    return found if found.named and end < len(path) - len(_MARK) else CgroupPlace(told=DELETED)


def _outermost(path: str, by: CgroupReader) -> t.Tuple[CgroupPlace, int]:
    """The place, and where in the path the name ends that tells it."""
    hinted = any(hint in path for hint in _HINTS)
    start = 1
    while start < len(path):
        end = path.find("/", start)
        end = len(path) if end < 0 else end
        found = _container(path, start) if hinted else None
        if found is not None:
            return found
        part = path[start:end]
        if not part.endswith(".slice"):
            unit = _unit(part)
            return _of_unit(unit, by) if unit is not None else CgroupPlace(told=UNRECOGNISED), end
        start = end + 1
    return NOWHERE, len(path)


def _of_unit(unit: str, by: CgroupReader) -> CgroupPlace:
    """The place of a unit. systemd 262 names the scope of a container m2.scope, like any other scope."""
    for own, name, engine in by.machines:
        if own == unit:
            return CgroupPlace(unit, name, engine)
    return CgroupPlace(unit)


def _unit(part: str) -> t.Optional[str]:
    """A name below slices, when it is that of a unit (cg_path_get_unit())."""
    if part.startswith(("lxc.payload", "lxc.monitor")):
        return None  # LXC takes names of containers that end as units do
    name = part[1:] if part.startswith("_") else part  # cg_unescape()
    stem, _dot, kind = name.rpartition(".")
    return name if stem and kind in _UNIT_TYPES else None


def _container(path: str, start: int) -> t.Optional[t.Tuple[CgroupPlace, int]]:
    """The container that is named from ``start`` on."""
    above = path[: start - 1]
    for pattern, engine, below in _CONTAINERS:
        if below not in (None, above):
            continue
        match = re.compile(pattern + r"(?=/|\Z)").match(path, start)  # one compiled before is kept by re
        if match is not None:
            name = re.sub(r"\\x([0-9a-fA-F]{2})", lambda escape: chr(int(escape.group(1), 16)), match.group("id"))
            unit = None if engine == "lxc" else _unit(match.group())
            return CgroupPlace(unit, name, engine or _ENGINES[match.group("engine")]), match.end()
    return None


def of_process(proc: str, pid: int, by: CgroupReader = WHOLE) -> CgroupPlace:
    """The place of a process, as far as its ``cgroup`` file can be read."""
    raw = _host_files.read("%s/%d/cgroup" % (proc, pid))
    return CgroupPlace(told=UNREADABLE) if raw is None else parse(raw, by)


def of_threads(proc: str, pid: int, by: CgroupReader = WHOLE) -> CgroupPlace:
    """The place of a process whose first thread has ended: that one shows as in the root of v1 hierarchies.

    Source: proc_cgroup_show().
    """
    try:
        threads = [name for name in os.listdir("%s/%d/task" % (proc, pid)) if name.isdigit() and name != str(pid)]
    except OSError:
        return CgroupPlace(told=UNREADABLE)
    read = (_host_files.read("%s/%d/task/%s/cgroup" % (proc, pid, thread)) for thread in threads)
    places = {parse(raw, by) for raw in read if raw is not None}
    return places.pop() if len(places) == 1 else CgroupPlace(told=SPLIT if places else UNREADABLE)


def parse(raw: bytes, by: CgroupReader = WHOLE) -> CgroupPlace:
    """Content of ``/proc/<pid>/cgroup``: cgroup v2 and v1 ``name=systemd``, then the other hierarchies.

    On hybrid hosts only one of the two may be populated, and docker without systemd uses the v1 controllers alone.
    """
    # Only a line feed ends a line: it alone is forbidden in names (cgroup_mkdir()). What else splitlines() takes for an
    # end would let the owner of a delegated cgroup write lines of its own.
    lines = [line.split(":", 2) for line in _host_files.unicode_text(raw).split("\n") if line.count(":") >= 2]
    if not lines:
        return CgroupPlace(told=UNREADABLE)
    anywhere = by._replace(whole=True)
    found = _together({controllers: place(path, anywhere) for _number, controllers, path in lines})
    # Of a process in the root of the reader's namespace nothing is known but that it is in there.
    return found if by.whole or found != NOWHERE else CgroupPlace(told=OUTSIDE)


def _together(found: t.Dict[str, CgroupPlace]) -> CgroupPlace:
    """What all hierarchies say, by their controllers."""
    main = _combined(found.pop("", None), found.pop("name=systemd", None))
    others = set(found.values())
    if main is not None and (main.named or main.told not in (READ, UNRECOGNISED)):
        return main
    named = {one for one in others if one.named}
    if named:
        return named.pop() if len(named) == 1 else CgroupPlace(told=SPLIT)
    silent = sorted({one.told for one in (*others, *((main,) if main is not None else ()))} - {READ})
    return CgroupPlace(told=silent[0]) if silent else NOWHERE


def _combined(unified: t.Optional[CgroupPlace], systemd: t.Optional[CgroupPlace]) -> t.Optional[CgroupPlace]:
    """What both hierarchies of systemd say together. Where they disagree nobody can tell."""
    if unified is None or systemd is None or unified == systemd:
        return unified or systemd
    for one, other in ((unified, systemd), (systemd, unified)):
        if other == NOWHERE:
            return one
        # runc without the systemd driver moves a container in v1 only: in v2 it stays where its engine is.
        if one.container is not None and other.container is None and other.told == READ:
            return one
    return CgroupPlace(told=SPLIT)


class Tree:
    """The cgroup v2 hierarchy, to find directories by id; a socket carries the id of its creator's."""

    def __init__(self, roots: _host_files.Roots) -> None:
        mount = _mount_point(roots.proc)
        self.top = roots.path(mount) if mount is not None else None

    def paths(self, ids: t.AbstractSet[int]) -> t.Dict[int, str]:
        """Paths below the mount (``/system.slice/ssh.service``) of those ids that still exist.

        The id is the inode number of the directory, which its parent's listing already tells: nothing is opened but
        directories. Shallow first, as units live near the top.
        """
        wanted = set(ids) - {ROOT_ID, 0}
        found: t.Dict[int, str] = {}
        level = [""] if self.top is not None else []
        visited = 0
        while level and wanted and visited < MAX_DIRECTORIES:
            below: t.List[str] = []
            for path in level:
                visited += 1
                for name, inode in _subdirectories("%s%s" % (self.top, path)):
                    below.append("%s/%s" % (path, name))
                    if inode in wanted:
                        wanted.discard(inode)
                        found[inode] = below[-1]
            level = below
        return found

    def processes(self, path: str) -> t.List[int]:
        """Process ids in the cgroup at a path."""
        raw = _host_files.read("%s%s/cgroup.procs" % (self.top, path)) if self.top is not None else None
        return [int(line) for line in (raw or b"").split() if line.isdigit()]


def _subdirectories(path: str) -> t.List[t.Tuple[str, int]]:
    try:
        with os.scandir(path) as entries:
            return sorted((entry.name, entry.inode()) for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []  # removed meanwhile


def _mount_point(proc: str) -> t.Optional[str]:
    # Only the space and the line feed are escaped in names (mangle()), and users choose names with fusermount.
    for line in (_host_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 2 and fields[2] == b"cgroup2":
            return os.fsdecode(fields[1])
    return None
