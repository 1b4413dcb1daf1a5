# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the project's own files to a folder, and print one hash of what was copied.

Usage: stage.py DESTINATION

The project's own files are those that git tracks or would offer to add. The copy is a real one, because ansible-test
refuses symbolic links, and holds nothing else, because the linters would read virtual environments for minutes.
Only what changed is written; what is gone from the project is removed from the copy.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Without git (an unpacked release archive): everything but what the project's own commands make.
MADE_HERE = frozenset({"port-audit", "collections", "build", "node_modules", "__pycache__"})


def listed_by_git() -> list[str] | None:
    """Names relative to the root, or None where git cannot tell."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"]
    try:
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in answer.stdout.split("\0") if name]


def listed_by_walk() -> t.Iterator[str]:
    """Names relative to the root, less hidden folders and what the project's commands make."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in MADE_HERE]
        for name in files:
            yield str((pathlib.Path(folder) / name).relative_to(ROOT))


def project_files() -> list[str]:
    """Names relative to the root, sorted, of files that exist (git also lists what was just deleted)."""
    names = listed_by_git()
    return sorted(name for name in (listed_by_walk() if names is None else names) if (ROOT / name).is_file())


def remove_others(destination: pathlib.Path, keep: frozenset[str]) -> None:
    """Remove what the project no longer has; the copy's own repository and ansible-test's environments stay."""
    for path in sorted(destination.rglob("*"), reverse=True):
        name = path.relative_to(destination)
        if name.parts[0] == ".git" or name.parts[:2] == ("tests", "output"):
            continue
        if path.is_symlink() or path.is_file():
            if str(name) not in keep:
                path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()


def make_repository(destination: pathlib.Path) -> None:
    """Make the copy a repository of its own: git would answer for the project there, which ignores the copy."""
    if shutil.which("git") and not (destination / ".git").exists():
        subprocess.run(["git", "-C", str(destination), "init", "--quiet"], check=True)


def copy(name: str, destination: pathlib.Path) -> bytes:
    """Copy one file unless the copy is the same already; returns what identifies its content and mode."""
    source, target = ROOT / name, destination / name
    content, mode = source.read_bytes(), source.stat().st_mode & 0o777
    if not (target.is_file() and target.read_bytes() == content and target.stat().st_mode & 0o777 == mode):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    return f"{name}\0{mode & 0o111:o}\0{hashlib.sha256(content).hexdigest()}\n".encode()


def main(destination: pathlib.Path) -> None:
    """Stage, and print the hash."""
    names = project_files()
    destination.mkdir(parents=True, exist_ok=True)
    remove_others(destination, frozenset(names))
    total = hashlib.sha256()
    for name in names:
        total.update(copy(name, destination))
    make_repository(destination)
    print(total.hexdigest())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
