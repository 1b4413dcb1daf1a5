# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cgroup says: the systemd unit and the container, from the path of a process or the id on a socket.

Sources: cgroups(7), systemd's cg_path_get_unit() (src/basic/cgroup-util.c) and the cgroup names of docker, podman,
containerd, CRI-O, Kubernetes, LXC and systemd-nspawn.
"""

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files

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
# Each with the engine that it means, None where its group "engine" tells.
_CONTAINERS = (
    # systemd driver: one scope for each container (docker-<id>.scope, libpod-<id>.scope, cri-containerd-<id>.scope)
    (r"/%s-(?P<id>[0-9a-f]{64})\.scope(?:/|$)" % _RUNTIME, None),
    # containerd with the systemd driver below its own service: <slice>:cri-containerd:<id>
    (r"[:/]%s:(?P<id>[0-9a-f]{64})(?:/|$)" % _RUNTIME, None),
    # cgroupfs driver: /docker/<id>, /libpod_parent/libpod-<id>, /kubepods/…/pod<uid>/<id>, /default/<id>
    (r"^/(?:.*/)?docker/(?P<id>[0-9a-f]{64})(?:/|$)", "docker"),
    (r"^/(?:.*/)?(?:default|k8s\.io|moby)/(?P<id>[0-9a-f]{64})(?:/|$)", "containerd"),
    (r"^/(?:.*/)?kubepods/(?:[^/]+/)?pod[^/]+/(?P<id>[0-9a-f]{64})(?:/|$)", "kubernetes"),
    (r"/libpod-(?P<id>[0-9a-f]{64})(?:/|$)", "podman"),
    (r"/lxc\.payload[./](?P<id>[^/]+)(?:/|$)", "lxc"),
    (r"^/(?:.*/)?lxc/(?P<id>[^/]+)(?:/|$)", "lxc"),
    (r"/machine\.slice/systemd-nspawn@(?P<id>[^/]+)\.service(?:/|$)", "nspawn"),
    # Virtual machines have scopes of this name too, with a driver in front: machine-qemu\x2d1\x2dname.scope
    (r"/machine\.slice/machine-(?!qemu\\x2d)(?P<id>[^/]+)\.scope(?:/|$)", "nspawn"),
)
# One of these is in every path that a pattern matches: of most processes none is, and no pattern is even compiled.
_HINTS = (*_ENGINES, "default/", "k8s.io/", "moby/", "kubepods/", "lxc", "/machine.slice/")


class Place(t.NamedTuple):
    """Where a process or socket belongs; None: nowhere that has a name."""

    unit: t.Optional[str] = None
    container: t.Optional[str] = None
    engine: t.Optional[str] = None


NOWHERE = Place()


def place(path: str) -> Place:
    """Read a cgroup path.

    Below a user manager (``user@1000.service/…``) the user names cgroups as they like: neither a unit nor a container
    in there counts. A path that leads out of the reader's cgroup namespace (``/../…``) says nothing.
    """
    if path == "/" or path.startswith("/.."):
        return NOWHERE
    unit = _unit(path)
    if unit is not None and unit.startswith("user@") and unit.endswith(".service"):
        return Place(unit=unit)
    container, engine = _container(path)
    return Place(unit=unit, container=container, engine=engine)


def _unit(path: str) -> t.Optional[str]:
    """The first component below slices, when it is named like a unit (cg_path_get_unit())."""
    for part in path.split("/"):
        if not part or part.endswith(".slice"):
            continue
        name = part[1:] if part.startswith("_") else part  # cg_unescape()
        stem, _dot, kind = name.rpartition(".")
        return name if stem and kind in _UNIT_TYPES else None
    return None


def _container(path: str) -> t.Tuple[t.Optional[str], t.Optional[str]]:
    """Id of the container, and the engine that runs it."""
    if not any(hint in path for hint in _HINTS):
        return None, None
    for pattern, engine in _CONTAINERS:
        match = re.search(pattern, path)
        if match is not None:
            name = re.sub(r"\\x([0-9a-fA-F]{2})", lambda escape: chr(int(escape.group(1), 16)), match.group("id"))
            return name, engine or _ENGINES[match.group("engine")]
    return None, None


def of_process(proc: str, pid: int) -> t.Optional[Place]:
    """The place of a process, or None when its ``cgroup`` file cannot be read."""
    raw = _files.read("%s/%d/cgroup" % (proc, pid))
    return None if raw is None else parse(raw)


def parse(raw: bytes) -> Place:
    """Content of ``/proc/<pid>/cgroup``: cgroup v2, then v1 ``name=systemd``, then any other hierarchy.

    The first that names something is taken: on hybrid hosts only one of the two may be populated, and docker without
    systemd uses the v1 controllers alone.
    """
    # Only a line feed ends a line: it alone is forbidden in names (cgroup_mkdir()). What else splitlines() takes for an
    # end would let the owner of a delegated cgroup write lines of its own.
    lines = [line.split(":", 2) for line in _files.printable(raw).split("\n") if line.count(":") >= 2]
    order = {"": 0, "name=systemd": 1}
    lines.sort(key=lambda line: order.get(line[1], 2))
    for _number, _controllers, path in lines:
        found = place(path)
        if found != NOWHERE:
            return found
    return NOWHERE


class Tree:
    """The cgroup v2 hierarchy, to find directories by id; a socket carries the id of its creator's."""

    def __init__(self, roots: _files.Roots) -> None:
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
        raw = _files.read("%s%s/cgroup.procs" % (self.top, path)) if self.top is not None else None
        return [int(line) for line in (raw or b"").split() if line.isdigit()]


def _subdirectories(path: str) -> t.List[t.Tuple[str, int]]:
    try:
        with os.scandir(path) as entries:
            return sorted((entry.name, entry.inode()) for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []  # removed meanwhile


def _mount_point(proc: str) -> t.Optional[str]:
    # Only the space and the line feed are escaped in names (mangle()), and users choose names with fusermount.
    for line in (_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 2 and fields[2] == b"cgroup2":
            return os.fsdecode(fields[1])
    return None
