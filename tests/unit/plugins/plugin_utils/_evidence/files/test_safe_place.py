# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which places are safe for a run: nobody else can exchange what stands there."""

from __future__ import annotations

import errno
import grp
import os
import pathlib
import pwd
import struct
import subprocess
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _safe_place
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._safe_place import (
    Fault,
    check_place,
    fault,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import RUN_ID

STRANGER = 54321
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def place(tmp_path: pathlib.Path) -> pathlib.Path:
    """``outer/middle/output``, all private."""
    found = tmp_path / "outer" / "middle" / "output"
    found.mkdir(parents=True)
    for folder in (found, found.parent, found.parent.parent):
        folder.chmod(0o700)
    return found


def _component(found: Fault | None) -> str | None:
    return None if found is None else os.path.basename(found.component)


def test_a_private_place_is_safe(place: pathlib.Path) -> None:
    assert fault(str(place)) is None
    assert fault(str(place / "not" / "there" / "yet")) is None


@pytest.mark.parametrize("which", ["outer", "middle", "output"])
@pytest.mark.parametrize(
    ("mode", "safe"),
    [
        pytest.param(0o755, True, id="others read"),
        pytest.param(0o777, False, id="everybody"),
        pytest.param(0o703, False, id="others, who cannot list it"),
        pytest.param(0o770, False, id="its group"),
        pytest.param(0o2770, False, id="its group, which new files get"),
        pytest.param(0o1777, True, id="everybody, with the sticky bit"),
        pytest.param(0o1770, True, id="its group, with the sticky bit"),
    ],
)
def test_a_folder_that_others_can_write(place: pathlib.Path, which: str, mode: int, safe: bool) -> None:
    folder = next(parent for parent in (place, *place.parents) if parent.name == which)
    folder.chmod(mode)
    assert _component(fault(str(place))) == (None if safe else which)


@needs_root
@pytest.mark.parametrize("which", ["outer", "middle", "output"])
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777])
def test_a_folder_of_another_user(place: pathlib.Path, which: str, mode: int) -> None:
    folder = next(parent for parent in (place, *place.parents) if parent.name == which)
    os.chown(folder, STRANGER, STRANGER)
    folder.chmod(mode)
    assert _component(fault(str(place))) == which


@needs_root
def test_whoever_became_root_for_this_is_trusted(place: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(place, STRANGER, STRANGER)
    monkeypatch.setenv("SUDO_UID", str(STRANGER))
    assert fault(str(place)) is None
    monkeypatch.setenv("SUDO_UID", "-1")
    assert _component(fault(str(place))) == "output"
    monkeypatch.setattr(_safe_place.os, "geteuid", lambda: 7)  # SUDO_UID says nothing of who is not root
    monkeypatch.setenv("SUDO_UID", str(STRANGER))
    assert _component(fault(str(place))) == "output"


@needs_root
def test_links_are_followed_as_the_kernel_does(tmp_path: pathlib.Path, place: pathlib.Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("outer/../outer/middle")
    assert fault(str(link / "output")) is None
    os.chown(link, STRANGER, STRANGER, follow_symlinks=False)
    found = fault(str(link / "output"))
    assert _component(found) == "link"
    assert "is a link of" in str(found)
    os.chown(link, 0, 0, follow_symlinks=False)
    place.parent.chmod(0o777)
    assert _component(fault(str(link / "output"))) == "middle"
    place.parent.chmod(0o700)
    absolute = tmp_path / "absolute"
    absolute.symlink_to(place.parent)
    assert fault(str(absolute / "output")) is None
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (open_to_all / "inner").symlink_to(place.parent)
    assert _component(fault(str(open_to_all / "inner" / "output"))) == "open"


def test_links_that_lead_in_circles_end(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(EvidenceError, match="Too many levels of symbolic links"):
        fault(str(tmp_path / "a" / "x"))


# acl(5) as the kernel has it (include/uapi/linux/posix_acl_xattr.h): the owner, one named user, the group, the mask
# that the mode shows as the group's, and others.
_ENTRIES = (
    (0x01, 7, 0xFFFFFFFF),
    (0x02, 7, STRANGER),
    (0x04, 0, 0xFFFFFFFF),
    (0x10, 7, 0xFFFFFFFF),
    (0x20, 0, 0xFFFFFFFF),
)
_ACL = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in _ENTRIES)


def _give_acl(place: pathlib.Path) -> None:
    try:
        os.setxattr(place, "system.posix_acl_access", _ACL)
    except (OSError, AttributeError):
        pytest.skip("this file system has no ACLs")


def test_an_acl_is_seen_in_the_mode(place: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _give_acl(place)
    monkeypatch.setattr(_safe_place, "_private_group", lambda _gid, _user: True)  # the mode's group is another's now
    found = fault(str(place))
    assert _component(found) == "output"
    assert "by a user in its ACL" in str(found)
    assert found is not None
    subprocess.run(["chmod", "go-w", str(place)], check=True)  # which is what the error says
    assert fault(str(place)) is None


class _Account(t.NamedTuple):
    pw_name: str
    pw_uid: int
    pw_gid: int


class _Group(t.NamedTuple):
    gr_name: str
    gr_mem: list[str]


ALICE, BOB = _Account("alice", 1000, 1000), _Account("bob", 1001, 1001)


@needs_root
@pytest.mark.parametrize(
    ("group", "accounts", "safe"),
    [
        pytest.param(_Group("alice", []), [ALICE, BOB], True, id="nobody else is in it"),
        pytest.param(_Group("alice", ["alice"]), [ALICE, BOB], True, id="she is in it by name"),
        pytest.param(_Group("alice", ["bob"]), [ALICE, BOB], False, id="another is in it"),
        pytest.param(_Group("alice", []), [ALICE, BOB._replace(pw_gid=1000)], False, id="it is another's own, too"),
        pytest.param(_Group("users", []), [ALICE, BOB], False, id="it has another name"),
        pytest.param(_Group("alice", []), [ALICE._replace(pw_gid=100)], False, id="it is not her own"),
    ],
)
def test_a_group_that_a_user_has_alone_is_not_others(
    place: pathlib.Path, monkeypatch: pytest.MonkeyPatch, group: _Group, accounts: list[_Account], safe: bool
) -> None:
    """With umask 002, as Debian and Fedora had it, every folder of a user can be written by the user's own group."""
    os.chown(place, 1000, 1000)
    place.chmod(0o775)
    monkeypatch.setattr(_safe_place.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: {one.pw_uid: one for one in accounts}[uid])
    monkeypatch.setattr(pwd, "getpwall", lambda: accounts)
    monkeypatch.setattr(grp, "getgrgid", lambda gid: {1000: group}[gid])
    assert (fault(str(place)) is None) is safe


def test_the_error_names_the_component_and_what_to_do(place: pathlib.Path) -> None:
    place.parent.chmod(0o777)
    with pytest.raises(EvidenceError) as told:
        check_place(str(place / "run"))
    said = str(told.value)
    assert f"{place.parent} can be written by everybody (mode 0777)" in said
    assert "Choose another output directory" in said
    assert f"chmod go-w {place.parent}" in said
    assert "-e port_audit_output_trusted=true" in said


def test_a_name_of_a_stranger_stays_on_one_line(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "x\n::error::\x1b[31m"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(EvidenceError) as told:
        check_place(str(folder))
    assert str(told.value).isprintable()


def _run(place: pathlib.Path, **more: t.Any) -> RunDirectory:
    return RunDirectory(str(place), RUN_ID, **more)


def test_every_write_looks_again(place: pathlib.Path) -> None:
    run = _run(place)
    run.write({}, name="run.json")
    place.chmod(0o777)
    for write in _writes(run):
        with pytest.raises(EvidenceError, match="output can be written by everybody"):
            write()
    assert os.listdir(run.path) == ["run.json"]


def _writes(run: RunDirectory) -> t.Iterator[t.Callable[[], object]]:
    yield lambda: run.write({}, name="run.json")
    yield lambda: run.write_text("", name="summary.txt")
    yield lambda: run.write_evidence({"host": {"name": "a"}})
    yield lambda: run.keep_evidence(b"", name="a.json")
    yield lambda: write_failure(run, "a", Failure("failed", "x"))
    yield lambda: run.write_policy(lambda: "{}", sha256="ab")
    yield lambda: run.finish({}, name="run.json")
    yield run.point_latest


@needs_root
def test_a_run_that_another_made_first_is_not_ours(place: pathlib.Path) -> None:
    """In a folder such as /tmp everybody can make the next one."""
    place.chmod(0o1777)
    run = _run(place)
    os.mkdir(run.path, 0o700)
    os.chown(run.path, STRANGER, STRANGER)
    with pytest.raises(EvidenceError, match="abcdef belongs to uid 54321"):
        run.write({}, name="run.json")


def test_a_folder_of_the_run_is_neither_shared_nor_a_link(place: pathlib.Path, tmp_path: pathlib.Path) -> None:
    run = _run(place)
    run.write({}, name="run.json")
    (tmp_path / "elsewhere").mkdir()
    pathlib.Path(run.path, "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EvidenceError, match="evidence is a link"):
        run.write_evidence({"host": {"name": "a"}})
    pathlib.Path(run.path, "failures").mkdir()
    pathlib.Path(run.path, "failures").chmod(0o1777)
    with pytest.raises(EvidenceError, match="failures can be written by everybody"):
        write_failure(run, "a", Failure("failed", "x"))


def test_who_answers_for_a_place_can_use_it(place: pathlib.Path) -> None:
    place.chmod(0o777)
    run = _run(place, trusted=True)
    run.check_place()
    run.write({}, name="run.json")
    assert run.accepted() == f"{place} can be written by everybody (mode 0777)"


def test_what_we_make_is_private_whatever_the_umask(place: pathlib.Path) -> None:
    before = os.umask(0)
    try:
        _run(place / "new" / "newer").write({}, name="run.json")
    finally:
        os.umask(before)
    assert {os.stat(place / name).st_mode & 0o777 for name in ("new", "new/newer")} == {0o700}


@pytest.mark.parametrize("name", ["a\x00b", "x/" * 3000])
def test_what_is_no_path_is_an_error(tmp_path: pathlib.Path, name: str) -> None:
    for ask in (check_place, fault):
        with pytest.raises(EvidenceError, match="is not a path"):
            ask(f"{tmp_path}/{name}")


def test_a_link_that_cannot_be_read_is_an_error(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``/proc/1/root``, without the right to trace that process."""

    def refuse(_path: str) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (tmp_path / "root").symlink_to("/")
    monkeypatch.setattr(os, "readlink", refuse)
    with pytest.raises(EvidenceError, match=f"cannot follow {tmp_path}/root: Permission denied"):
        check_place(str(tmp_path / "root" / "x"))
