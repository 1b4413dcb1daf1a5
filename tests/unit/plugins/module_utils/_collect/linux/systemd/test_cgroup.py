# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units and containers from cgroup names, and directories from ids."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import OWNER_CGROUP

ID = "0123456789abcdef" * 4
POD = "pod7f9c0f0e_1b5a_4c52_8e0e_111111111111"


@pytest.mark.parametrize(
    ("path", "unit", "container"),
    [
        pytest.param("/", None, None, id="root"),
        pytest.param("/init.scope", "init.scope", None, id="systemd itself"),
        pytest.param("/system.slice/ssh.service", "ssh.service", None, id="service"),
        pytest.param("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", None, id="instance"),
        pytest.param("/system.slice/ssh.socket", "ssh.socket", None, id="socket"),
        pytest.param("/system.slice/nginx.service/workers", "nginx.service", None, id="below a service"),
        pytest.param("/system.slice/a.service/b.service", "a.service", None, id="delegated: the outer unit counts"),
        pytest.param("/user.slice/user-1000.slice/session-3.scope", "session-3.scope", None, id="session"),
        pytest.param(
            "/user.slice/user-1000.slice/user@1000.service/app.slice/sshd.service",
            "user@1000.service",
            None,
            id="user manager: what is below it is the user's",
        ),
        pytest.param(
            "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-%s.scope" % ID,
            "user@1000.service",
            None,
            id="rootless container: anybody could name it so",
        ),
        pytest.param("/system.slice/_cgroup.service", "cgroup.service", None, id="escaped name"),
        pytest.param("/system.slice", None, None, id="slice only"),
        pytest.param("/sshd.servicex", None, None, id="no unit's suffix"),
        pytest.param("/system.slice/.service", None, None, id="nothing but a suffix"),
        pytest.param("/user@1.scope/docker/" + ID, "user@1.scope", None, id="named like a user manager, and a scope"),
        pytest.param("/k8s.io/" + ID, None, ID, id="containerd's namespace of kubernetes"),
        pytest.param("/moby/" + ID, None, ID, id="containerd's namespace of docker"),
        pytest.param("/../../system.slice/ssh.service", None, None, id="outside of the cgroup namespace"),
        pytest.param("/system.slice/docker-%s.scope" % ID, "docker-%s.scope" % ID, ID, id="docker with systemd"),
        pytest.param("/docker/" + ID, None, ID, id="docker with cgroupfs"),
        pytest.param(
            "/docker/%s/system.slice/ssh.service" % ID, None, ID, id="systemd in a container: not the host's unit"
        ),
        pytest.param("/machine.slice/libpod-%s.scope/container" % ID, "libpod-%s.scope" % ID, ID, id="podman"),
        pytest.param("/machine.slice/libpod-conmon-%s.scope" % ID, "libpod-conmon-%s.scope" % ID, None, id="conmon"),
        pytest.param("/libpod_parent/libpod-" + ID, None, ID, id="podman with cgroupfs"),
        pytest.param(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-%s.slice/cri-containerd-%s.scope" % (POD, ID),
            "cri-containerd-%s.scope" % ID,
            ID,
            id="kubernetes with containerd",
        ),
        pytest.param(
            "/kubepods.slice/kubepods-%s.slice/crio-%s.scope" % (POD, ID), "crio-%s.scope" % ID, ID, id="CRI-O"
        ),
        pytest.param("/kubepods/burstable/%s/%s" % (POD, ID), None, ID, id="kubernetes with cgroupfs"),
        pytest.param("/kubepods/%s/%s" % (POD, ID), None, ID, id="kubernetes, guaranteed"),
        pytest.param(
            "/system.slice/containerd.service/kubepods-besteffort-%s.slice:cri-containerd:%s" % (POD, ID),
            "containerd.service",
            None,
            id="containerd below its service",
        ),
        pytest.param("/default/" + ID, None, ID, id="nerdctl with cgroupfs"),
        pytest.param("/system.slice/nerdctl-%s.scope" % ID, "nerdctl-%s.scope" % ID, ID, id="nerdctl"),
        pytest.param("/docker/short", None, None, id="no container id"),
        pytest.param("/lxc.payload.web/init.scope", None, "web", id="lxc 4"),
        pytest.param("/lxc.monitor.web", None, None, id="lxc monitor"),
        pytest.param("/lxc/web/system.slice/x.service", None, "web", id="lxc 2"),
        pytest.param("/machine.slice/machine-web\\x2d1.scope", "machine-web\\x2d1.scope", "web-1", id="nspawn"),
        pytest.param(
            "/machine.slice/systemd-nspawn@web.service/payload",
            "systemd-nspawn@web.service",
            "web",
            id="nspawn service",
        ),
        pytest.param(
            "/machine.slice/machine-qemu\\x2d1\\x2ddb.scope/libvirt",
            "machine-qemu\\x2d1\\x2ddb.scope",
            None,
            id="virtual machine",
        ),
        # the outermost name counts
        pytest.param("/system.slice/foo.service/docker-%s.scope" % ID, "foo.service", None, id="scope below a service"),
        pytest.param("/system.slice/foo.service/docker/" + ID, "foo.service", None, id="docker below a service"),
        pytest.param("/system.slice/foo.service/lxc.payload.x", "foo.service", None, id="lxc below a service"),
        pytest.param("/foo.service/kubepods/pod1/" + ID, "foo.service", None, id="kubernetes below a service"),
        pytest.param("/system.slice/foo.service/x.slice:docker:" + ID, "foo.service", None, id="runc below a service"),
        pytest.param(
            "/system.slice/foo.service/machine.slice/machine-x.scope", "foo.service", None, id="nspawn below a service"
        ),
        pytest.param("/system.slice/foo.service/libpod-payload-" + ID, "foo.service", None, id="podman in its service"),
        pytest.param("/a.mount/docker/" + ID, "a.mount", None, id="docker below a mount"),
        pytest.param(
            "/user.slice/user-1000.slice/session-3.scope/docker-%s.scope" % ID,
            "session-3.scope",
            None,
            id="in a session",
        ),
        pytest.param(
            "/user.slice/user-1000.slice/session-3.scope/lxc.payload.x", "session-3.scope", None, id="user's lxc"
        ),
        pytest.param(
            "/user.slice/user-1000.slice/user@1000.service/app.slice/docker-%s.scope" % ID,
            "user@1000.service",
            None,
            id="user manager's slice",
        ),
        pytest.param("/user/alice/0/docker/" + ID, None, None, id="what pam_cgfs gave to a user"),
        pytest.param("/user/alice/0/libpod-" + ID, None, None, id="podman there"),
        pytest.param("/user/alice/0/lxc/x", None, None, id="lxc there"),
        pytest.param("/alice/docker-%s.scope" % ID, None, None, id="scope in a cgroup that somebody was given"),
        pytest.param("/alice/nginx.service", None, None, id="service in a cgroup that somebody was given"),
        pytest.param("/lxc.payload.x/system.slice/ssh.service", None, "x", id="systemd in lxc"),
        pytest.param("/lxc.payload.x/docker/" + ID, None, "x", id="docker in lxc"),
        pytest.param("/lxc.payload.x.service/ssh.service", None, "x.service", id="lxc named like a service"),
        pytest.param("/lxc.payload.x.slice/ssh.service", None, "x.slice", id="lxc named like a slice"),
        pytest.param("/lxc.payload/x.service/ssh.service", None, "x.service", id="lxc 3 named like a service"),
        pytest.param("/lxc/x.service", None, "x.service", id="lxc 2 named like a service"),
        pytest.param("/lxc.monitor.x.service", None, None, id="lxc monitor named like a service"),
        pytest.param("/system.slice/lxc.payload.x", None, None, id="lxc elsewhere"),
        pytest.param("/docker/%s/docker/%s" % (ID, ID[::-1]), None, ID, id="docker in docker"),
        pytest.param("/docker/%s/kubelet/kubepods/pod1/%s" % (ID, ID[::-1]), None, ID, id="kubernetes in docker"),
        pytest.param(
            "/system.slice/docker-%s.scope/system.slice/docker-%s.scope" % (ID, ID[::-1]),
            "docker-%s.scope" % ID,
            ID,
            id="docker with systemd in docker with systemd",
        ),
        pytest.param(
            "/machine.slice/libpod-%s.scope/system.slice/ssh.service" % ID,
            "libpod-%s.scope" % ID,
            ID,
            id="systemd in podman",
        ),
        pytest.param(
            "/kubepods.slice/kubepods-%s.slice/crio-%s.scope/docker/%s" % (POD, ID, ID[::-1]),
            "crio-%s.scope" % ID,
            ID,
            id="docker in CRI-O",
        ),
        pytest.param(
            "/machine.slice/machine-a.scope/machine.slice/machine-b.scope",
            "machine-a.scope",
            "a",
            id="nspawn in nspawn",
        ),
        pytest.param("/system.slice/machine-a.scope", "machine-a.scope", None, id="a scope of that name elsewhere"),
        pytest.param("/system.slice/systemd-nspawn@a.service", "systemd-nspawn@a.service", None, id="and a service"),
        pytest.param("/x.slice/docker/" + ID, None, None, id="docker's directory elsewhere"),
        pytest.param("/kubelet/kubepods/besteffort/%s/%s" % (POD, ID), None, ID, id="kubelet with a root of its own"),
        pytest.param("/libpod_parent/%s/libpod-%s" % (ID[::-1], ID), None, ID, id="podman's pod with cgroupfs"),
        pytest.param("/docker-%s.scope.d" % ID, None, None, id="longer than a container's name"),
        pytest.param("/docker/%s0" % ID, None, None, id="longer than an id"),
        pytest.param("/docker/%s" % ID.upper(), None, None, id="no id in capitals"),
        # removed
        pytest.param("/system.slice/ssh.service (deleted)", None, None, id="removed service"),
        pytest.param("/docker/%s (deleted)" % ID, None, None, id="removed container"),
        pytest.param("/system.slice (deleted)", None, None, id="removed slice"),
        pytest.param("/system.slice/ssh.service/x (deleted)", "ssh.service", None, id="removed below a service"),
        pytest.param("/user.slice/user@7.service/x (deleted)", "user@7.service", None, id="named so by a user"),
        # odd
        pytest.param("", None, None, id="empty"),
        pytest.param("//", None, None, id="slashes"),
        pytest.param("/.slice/x.service", "x.service", None, id="nothing but the suffix of a slice"),
        pytest.param("/docker/", None, None, id="docker without an id"),
        pytest.param("/lxc.payload.", None, None, id="lxc without a name"),
        pytest.param("/" + "a/" * 5000, None, None, id="very deep"),
    ],
)
def test_place(path, unit, container):
    assert _cgroup.place(path)[:2] == (unit, container)


@pytest.mark.parametrize(
    ("path", "whole", "told"),
    [
        pytest.param("/", True, "read", id="root of the host"),
        pytest.param("/", False, "outside", id="root of a cgroup namespace"),
        pytest.param("/system.slice", True, "read", id="a slice"),
        pytest.param("/system.slice/ssh.service", True, "read", id="unit"),
        pytest.param("/system.slice/ssh.service", False, "read", id="unit of the collector's own container"),
        pytest.param("/docker/" + ID, True, "read", id="container"),
        pytest.param("/..", True, "outside", id="outside"),
        pytest.param("/../../system.slice/ssh.service", False, "outside", id="far outside"),
        pytest.param("/ecs/task/" + ID, True, "unrecognised", id="another engine"),
        pytest.param("/user/alice/0/docker/" + ID, True, "unrecognised", id="a user's"),
        pytest.param("/system.slice/ssh.service (deleted)", True, "deleted", id="removed"),
        pytest.param("/ecs/task (deleted)", True, "deleted", id="removed, of another engine"),
    ],
)
def test_how_much_is_told(path, whole, told):
    found = _cgroup.place(path, _cgroup.CgroupReader(whole))
    assert (found.told, told in OWNER_CGROUP) == (told, True)


@pytest.mark.parametrize(
    ("path", "engine"),
    [
        ("/system.slice/docker-%s.scope" % ID, "docker"),
        ("/docker/" + ID, "docker"),
        ("/machine.slice/libpod-%s.scope" % ID, "podman"),
        ("/libpod_parent/libpod-" + ID, "podman"),
        ("/kubepods.slice/kubepods-pod1.slice/crio-%s.scope" % ID, "cri-o"),
        ("/kubepods.slice/kubepods-pod1.slice/cri-containerd-%s.scope" % ID, "containerd"),
        ("/kubepods-pod1.slice:cri-containerd:" + ID, "containerd"),
        ("/system.slice/nerdctl-%s.scope" % ID, "containerd"),
        ("/default/" + ID, "containerd"),
        ("/kubepods/burstable/pod1/" + ID, "kubernetes"),
        ("/lxc.payload.web", "lxc"),
        ("/machine.slice/systemd-nspawn@web.service", "nspawn"),
        ("/system.slice/ssh.service", None),
        ("/user.slice/user-7.slice/user@7.service/docker/" + ID, None),
    ],
)
def test_engine(path, engine):
    assert _cgroup.place(path).engine == engine


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("0::/system.slice/ssh.service\n", ("ssh.service", None), id="v2"),
        pytest.param("12:pids:/user.slice\n1:name=systemd:/system.slice/ssh.service\n", ("ssh.service", None), id="v1"),
        pytest.param(
            "1:name=systemd:/system.slice/a.service\n0::/system.slice/a.service\n", ("a.service", None), id="hybrid"
        ),
        pytest.param("1:name=systemd:/system.slice/a.service\n0::/\n", ("a.service", None), id="hybrid, v2 empty"),
        pytest.param("3:cpu:/docker/%s\n0::/\n" % ID, (None, ID), id="docker without systemd"),
        pytest.param(
            "1:name=systemd:/user.slice/user-7.slice/user@7.service/x\x0c0::sshd.service\n0::/user.slice\n",
            ("user@7.service", None),
            id="line that a user forges by a form feed in a name",
        ),
        pytest.param("0::/system.slice/a:b.service\n", ("a:b.service", None), id="colon in a name"),
        pytest.param("9:name=systemd:/\n0::/\n", (None, None), id="nowhere"),
        pytest.param("", (None, None), id="empty"),
        pytest.param("nonsense\n", (None, None), id="not a cgroup file"),
    ],
)
def test_process_file(content, expected):
    assert _cgroup.parse(content.encode())[:2] == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("0::/\n", (None, None, "read"), id="root"),
        pytest.param("9:name=systemd:/\n8:pids:/\n0::/\n", (None, None, "read"), id="root of every hierarchy"),
        pytest.param("1:name=systemd:/a.service\n0::/b.service\n", (None, None, "split"), id="two units"),
        pytest.param(
            "1:name=systemd:/docker/%s\n0::/system.slice/containerd.service\n" % ID,
            (None, ID, "read"),
            id="hybrid, runc moves a container in v1 alone",
        ),
        pytest.param(
            "1:name=systemd:/docker/%s\n0::/docker/%s\n" % (ID, ID[::-1]), (None, None, "split"), id="two containers"
        ),
        pytest.param("1:name=systemd:/docker/%s\n0::/../x\n" % ID, (None, None, "split"), id="one lies outside"),
        pytest.param("1:name=systemd:/a.service\n0::/ecs/x\n", (None, None, "split"), id="one has a strange name"),
        pytest.param("0::/../x\n3:cpu:/docker/%s\n" % ID, (None, None, "outside"), id="v2 lies outside"),
        pytest.param("4:memory:/job/x\n0::/\n", (None, None, "unrecognised"), id="a controller has a strange name"),
        pytest.param(
            "4:memory:/job/x\n0::/system.slice/a.service\n", ("a.service", None, "read"), id="a controller's own name"
        ),
        pytest.param(
            "4:memory:/docker/%s\n3:cpu:/docker/%s\n0::/\n" % (ID, ID[::-1]), (None, None, "split"), id="controllers"
        ),
        pytest.param("0::/system.slice/a.service (deleted)\n", (None, None, "deleted"), id="removed"),
        pytest.param("", (None, None, "unreadable"), id="empty"),
        pytest.param("0:\n::\n", (None, None, "read"), id="no path"),
        pytest.param("nonsense", (None, None, "unreadable"), id="no line of a cgroup"),
    ],
)
def test_what_a_process_file_leaves_open(content, expected):
    found = _cgroup.parse(content.encode())
    assert (found.unit, found.container, found.told) == expected


@pytest.mark.parametrize(
    "raw", ["1:name=systemd:/\n0::/system.slice/a.service\n", "1:name=systemd:/system.slice/a.service\n0::/\n"]
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_hierarchy_without_groups_says_nothing(raw, whole):
    """In a container of its own cgroup namespace too, where the root has no name."""
    assert _cgroup.parse(raw.encode(), _cgroup.CgroupReader(whole)) == _cgroup.CgroupPlace("a.service")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("0::/\n", (None, "outside"), id="its root"),
        pytest.param("1:name=systemd:/\n0::/\n", (None, "outside"), id="of both hierarchies"),
        pytest.param(
            "1:name=systemd:/\n0::/system.slice/a.service\n", ("a.service", "read"), id="systemd in there, v2"
        ),
        pytest.param(
            "1:name=systemd:/system.slice/a.service\n0::/\n", ("a.service", "read"), id="systemd in there, v1"
        ),
        pytest.param("1:name=systemd:/../b\n0::/system.slice/a.service\n", (None, "split"), id="half outside"),
        pytest.param("0::/../b\n", (None, "outside"), id="outside"),
    ],
)
def test_inside_of_a_cgroup_namespace(content, expected):
    found = _cgroup.parse(content.encode(), _cgroup.CgroupReader(False))
    assert (found.unit, found.told) == expected


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        pytest.param("cgroup:[4026531835]", True, id="the host's"),
        pytest.param("cgroup:[4026532000]", False, id="a container's"),
        pytest.param(None, True, id="a kernel without them"),
    ],
)
def test_the_namespace_of_the_reader(tmp_path, link, whole):
    (tmp_path / "self" / "ns").mkdir(parents=True)
    if link:
        (tmp_path / "self" / "ns" / "cgroup").symlink_to(link)
    assert _cgroup.reader(str(tmp_path)).whole is whole


def test_process_that_has_ended(tmp_path):
    assert _cgroup.of_process(str(tmp_path), 1) == _cgroup.CgroupPlace(told="unreadable")
    assert _cgroup.of_threads(str(tmp_path), 1) == _cgroup.CgroupPlace(told="unreadable")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param({"8": "0::/a.service\n", "9": "0::/a.service\n"}, ("a.service", "read"), id="they agree"),
        pytest.param({"8": "0::/a.service\n", "9": "0::/\n"}, (None, "split"), id="they do not"),
        pytest.param({"8": "0::/a.service\n", "9": None}, ("a.service", "read"), id="one has ended"),
        pytest.param({}, (None, "unreadable"), id="all have ended"),
    ],
)
def test_process_whose_first_thread_has_ended(tmp_path, others, expected):
    for thread, content in {"7": "0::/b.service\n", **others}.items():
        (tmp_path / "7" / "task" / thread).mkdir(parents=True)
        if content:
            (tmp_path / "7" / "task" / thread / "cgroup").write_text(content)
    found = _cgroup.of_threads(str(tmp_path), 7)
    assert (found.unit, found.told) == expected


@pytest.fixture(name="roots")
def cgroup2(tmp_path):
    """A host with a cgroup v2 hierarchy below ``fs/cg``."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "self" / "mounts").write_text("tmpfs /run tmpfs rw 0 0\ncgroup2 /cg cgroup2 rw 0 0\n")
    for path in ("system.slice/ssh.service", "system.slice/deep.slice/x.service", "user.slice"):
        (tmp_path / "fs" / "cg" / path).mkdir(parents=True)
    (tmp_path / "fs" / "cg" / "system.slice" / "ssh.service" / "cgroup.procs").write_text("12\n13\n")
    return _host_files.Roots(str(tmp_path / "proc"), str(tmp_path / "fs"))


def inode(roots, path):
    return os.stat(roots.path("/cg" + path)).st_ino


def test_directories_by_id(roots):
    tree = _cgroup.Tree(roots)
    wanted = {inode(roots, path): path for path in ("/system.slice/ssh.service", "/system.slice/deep.slice/x.service")}
    assert tree.paths(set(wanted) | {_cgroup.ROOT_ID, 0, 987654321987}) == wanted


def test_processes_of_a_cgroup(roots):
    assert _cgroup.Tree(roots).processes("/system.slice/ssh.service") == [12, 13]
    assert _cgroup.Tree(roots).processes("/gone.slice") == []


def test_host_without_cgroup2(tmp_path):
    tree = _cgroup.Tree(_host_files.Roots(str(tmp_path), str(tmp_path)))
    assert tree.paths({5}) == {}
    assert tree.processes("/x") == []


@pytest.mark.parametrize("source", [b"a\x0c/evil\x0ccgroup2", b"a\rb\x0b/evil\x0bcgroup2", b"a\\040/evil\\040cgroup2"])
def test_a_user_cannot_forge_the_mount(tmp_path, source):
    """fusermount lets users choose the source that is shown; mangle() escapes only space, tab, line feed, backslash."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "mounts").write_bytes(source + b" /home/u/m fuse.x rw 0 0\ncgroup2 /cg cgroup2 rw 0 0\n")
    assert _cgroup.Tree(_host_files.Roots(str(tmp_path), "/fs")).top == "/fs/cg"


def test_search_has_an_end(roots, monkeypatch):
    monkeypatch.setattr(_cgroup, "MAX_DIRECTORIES", 1)
    assert _cgroup.Tree(roots).paths({inode(roots, "/system.slice/deep.slice/x.service")}) == {}


def machines(tmp_path, **files):
    """systemd-machined's folder: a file for each machine, and a link to it by its unit."""
    folder = tmp_path / "run" / "systemd" / "machines"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text("# This is private data. Do not parse.\nNAME=%s\n%s" % (name, text))
        (folder / ("unit:%s.scope" % name)).symlink_to(name)
    return _cgroup.reader("/proc", fs=str(tmp_path))._replace(whole=True)


CONTAINER = "SCOPE=m2.scope\nSERVICE=systemd-nspawn\nCLASS=container\n"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("/machine.slice/m2.scope", CONTAINER, ("m2.scope", "m2", "nspawn"), id="registered"),
        pytest.param("/machine.slice/m2.scope/payload/a.service", CONTAINER, ("m2.scope", "m2", "nspawn"), id="inside"),
        pytest.param("/machine.slice/m3.scope", CONTAINER, ("m3.scope", None, None), id="another scope"),
        pytest.param(
            "/system.slice/a.service/m2.scope", CONTAINER, ("a.service", None, None), id="named so by a service"
        ),
        pytest.param(
            "/machine.slice/m2.scope", "CLASS=vm\n", ("m2.scope", None, None), id="the emulator of a virtual machine"
        ),
        pytest.param(
            "/machine.slice/m2.scope",
            "SERVICE=libvirt-lxc\nCLASS=container\n",
            ("m2.scope", "m2", "libvirt-lxc"),
            id="of another manager",
        ),
        pytest.param("/machine.slice/m2.scope", "", ("m2.scope", None, None), id="a file that tells nothing"),
    ],
)
def test_container_that_machined_knows(tmp_path, path, text, expected):
    assert _cgroup.place(path, machines(tmp_path, m2=text)) == _cgroup.CgroupPlace(*expected)


def test_no_machine_at_all(tmp_path):
    assert _cgroup.reader("/proc", fs=str(tmp_path)).machines == ()
