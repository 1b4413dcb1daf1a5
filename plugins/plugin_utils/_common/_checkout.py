# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as a repository names them: GitHub, GitLab and the readers of SARIF know paths from its root alone.

A run that was started in a folder below the root names its policy from there, or by an absolute path.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

# Where CI systems say that they put the repository: GitHub, GitLab, Jenkins, Azure, Bitbucket, CircleCI, Travis, Drone.
_VARIABLES = (
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "WORKSPACE",
    "BUILD_SOURCESDIRECTORY",
    "BITBUCKET_CLONE_DIR",
    "CIRCLE_WORKING_DIRECTORY",
    "TRAVIS_BUILD_DIR",
    "DRONE_WORKSPACE",
)


@dataclasses.dataclass(frozen=True)
class Checkout:
    """``folder``: where the run was started; ``root``: of the repository that holds it, None where there is none.

    ``declared``: folders of repositories that CI systems name. All of them absolute.
    """

    folder: str
    root: str | None = None
    declared: tuple[str, ...] = ()

    def named(self, file: str) -> str:
        """The file from the root of the repository; absolute, where it is in none; as it is, where there is none."""
        path = os.path.normpath(os.path.join(self.folder, file))
        roots = (self.root,) if self.root else self._roots(path)
        for root in roots:
            inside = _inside(path, root)
            if inside is not None:
                return inside
        return path if roots else os.path.normpath(file)

    def _roots(self, path: str) -> tuple[str, ...]:
        """Who runs it from elsewhere means the repository that the pipeline has checked out, or that holds the file."""
        found = _root(os.path.dirname(path), self.declared)
        return tuple(dict.fromkeys([*self.declared, *([found] if found else [])]))


def find_checkout(environ: t.Mapping[str, str]) -> Checkout | None:
    """That of the working directory; None where that is gone."""
    try:
        folder = os.getcwd()
    except OSError:
        return None
    declared = tuple(_declared(environ))
    return Checkout(folder, _root(folder, declared), declared)


def _declared(environ: t.Mapping[str, str]) -> t.Iterator[str]:
    for name in _VARIABLES:
        path = os.path.expanduser(environ.get(name, ""))
        if os.path.isabs(path) and os.path.dirname(path) != path:
            yield os.path.normpath(path)


def _root(folder: str, declared: t.Iterable[str]) -> str | None:
    """The nearest folder above that is a repository: with ``.git``, which a worktree and a submodule have as a file."""
    ends = {os.path.realpath(path) for path in declared}
    while not os.path.lexists(os.path.join(folder, ".git")) and os.path.realpath(folder) not in ends:
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _inside(path: str, root: str) -> str | None:
    """The path from a folder that holds it, None when it does not.

    The file itself is asked first: a symbolic link has no lines to show. A link that leads out of the repository is in
    it all the same.
    """
    for file, folder in ((os.path.realpath(path), os.path.realpath(root)), (path, root)):
        inside = os.path.relpath(file, folder)
        if inside.partition(os.sep)[0] not in (os.pardir, os.curdir):
            return inside.replace(os.sep, "/")
    return None
