# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine is made of, and where machines that were made are kept."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import time
import typing as t

_TESTS = pathlib.Path(__file__).resolve().parents[1]
_FILES = ("_hosts/image.py", "_hosts/machine.py")
_FOLDERS = ("image", "provision")
_KEPT = 14 * 24 * 3600  # seconds after the last use


def key() -> str:
    """The sum of everything that decides what the machine will be, the emulator's version included."""
    sum_ = hashlib.sha256()
    files = [path for folder in _FOLDERS for path in (_TESTS / folder).rglob("*") if path.is_file()]
    for path in sorted([*files, *(_TESTS / name for name in _FILES)]):
        sum_.update(f"{path.relative_to(_TESTS)}\0".encode() + path.read_bytes() + b"\0")
    sum_.update(subprocess.run(["qemu-system-x86_64", "--version"], stdout=subprocess.PIPE, check=True).stdout)
    return sum_.hexdigest()


def kept() -> pathlib.Path:
    """The folder of machines, outside every checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "fleetports-hosts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(folder: pathlib.Path) -> t.Iterator[None]:
    """Be the only one that makes machines; the lock goes with the process that held it."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made(build: t.Callable[[pathlib.Path], None]) -> pathlib.Path:
    """The folder of the machine that the recipe makes. ``build`` fills a new folder when there is none yet."""
    folder = kept()
    with locked(folder):
        machine = folder / key()
        if not machine.exists():
            _discard_old(folder)
            unfinished = folder / "unfinished"
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(machine)
        os.utime(machine)
    return machine


def _discard_old(folder: pathlib.Path) -> None:
    """Remove what an interrupted build left, and machines that nobody has used for two weeks."""
    for path in folder.iterdir():
        if path.is_dir() and (path.name == "unfinished" or path.stat().st_mtime < time.time() - _KEPT):
            shutil.rmtree(path)
