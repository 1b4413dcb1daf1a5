# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every system call of a collection, seen by strace: it reads, and asks the kernel for dumps, and nothing else."""

from __future__ import annotations

import contextlib
import pathlib
import re
import typing as t

import pytest
from _scenes.audit import audit
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, found

WRITES = re.compile(r"\b(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE)\b")
# Everything that changes a host, but for signals, which are looked at apart.
CHANGES = (
    *("unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "link"),
    *(
        "linkat",
        "symlink",
        "symlinkat",
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "lchown",
        "fchownat",
        "utime",
    ),
    *("utimes", "utimensat", "truncate", "ftruncate", "fallocate", "setxattr", "lsetxattr", "fsetxattr", "mount"),
    *(
        "umount2",
        "ptrace",
        "connect",
        "listen",
        "accept",
        "accept4",
        "bpf",
        "init_module",
        "finit_module",
        "process_vm_writev",
    ),
    *("setuid", "setns", "unshare", "chroot", "pivot_root", "sethostname", "settimeofday", "setsockopt", "bind"),
)


@pytest.fixture(scope="module")
def calls(room: Room, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The system calls of one collection, with threads, rings, deleted files and other users about."""
    log = tmp_path_factory.mktemp("strace") / "log"
    with contextlib.ExitStack() as stack:
        for way in ("thread", "orphaned", "ring", "in_flight", "memfd"):
            stack.enter_context(room.playing(way, user=SOMEBODY))
        result = room.collect("strace", "-f", "-o", str(log), "-s", "300")
    assert len(result["listeners"]) == 5
    return log.read_text(errors="replace").splitlines()


def named(calls: t.Iterable[str], *names: str) -> list[str]:
    return [line for line in calls if re.match(r"\d+ +(?:%s)\(" % "|".join(names), line)]


def changing(calls: t.Iterable[str]) -> list[str]:
    """Of bpf(2) only the question what is attached changes nothing."""
    return [line for line in named(calls, *CHANGES) if "bpf(BPF_PROG_QUERY," not in line]


def test_nothing_is_opened_to_write(calls: list[str]) -> None:
    opened = named(calls, "open", "openat", "openat2", "creat")
    assert len(opened) > 50
    writing = [line for line in opened if WRITES.search(line)]
    # The child that compares files gives up the descriptors that it was born with.
    assert [line for line in writing if '"/dev/null", O_RDWR' not in line] == []


def test_nothing_is_changed(calls: list[str]) -> None:
    assert changing(calls) == []


def test_nobody_is_asked_but_the_kernel(calls: list[str]) -> None:
    """No name service, no daemon: only netlink, and only dumps (NLM_F_DUMP is 0x300)."""
    sockets = [line for line in named(calls, "socket") if "AF_NETLINK" not in line]
    assert [line for line in sockets if "AF_UNIX, SOCK_DGRAM" not in line and "AF_INET, SOCK_DGRAM" not in line] == []
    sent = named(calls, "sendto", "sendmsg", "sendmmsg")
    assert sent
    assert [line for line in sent if not re.search(r"NLM_F_DUMP|nlmsg_flags=NLM_F_REQUEST\|0x300", line)] == []
    assert [line for line in calls if "nsswitch.conf" in line or "nscd" in line] == []


def test_only_the_own_child_is_ended(calls: list[str]) -> None:
    born = {match[1] for line in calls if (match := re.match(r"\d+ +(?:clone|clone3|fork|vfork)\(.* = (\d+)$", line))}
    killed = {match[1] for line in calls if (match := re.match(r"\d+ +kill\((\d+),", line))}
    assert killed <= born


def test_the_module_makes_way_before_it_looks(room: Room, tmp_path: pathlib.Path) -> None:
    """As Ansible sends it. Before and after, Ansible unpacks it below its temporary directory, and logs the call."""
    log, wrapper = tmp_path / "log", tmp_path / "python"
    wrapper.write_text('#!/bin/sh\nexec strace -f -s 300 -o "%s" %s -B "$@"\n' % (log, PYTHON))
    wrapper.chmod(0o755)
    policy = {"version": 1, "name": "scene", "rules": []}
    with room.playing("listen") as actor:
        run = audit(tmp_path, {"host": str(wrapper)}, policy=policy, through=room.enter)
    found(run.evidence("host"), actor.port)
    calls = log.read_text(errors="replace").splitlines()
    polite = position(calls, r"setpriority\(PRIO_PROCESS, 0, 19\) += 0")
    last = max(at for at, line in enumerate(calls) if '"/proc/' in line)
    during = calls[polite:last]
    # The call, not the text of the module that is read before.
    assert polite < position(calls, r"socket\(AF_NETLINK, [^\"]*NETLINK_SOCK_DIAG") < last
    assert [line for line in named(during, "open", "openat") if WRITES.search(line) and "/dev/null" not in line] == []
    assert changing(during) == []


def position(calls: t.Sequence[str], pattern: str) -> int:
    return next(at for at, line in enumerate(calls) if re.search(pattern, line))
