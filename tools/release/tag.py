# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a tag that is not ready to be released, and say everything that is missing.

Usage: tag.py TAG [--branch REF]

Reads the project in the current directory, at the commit that is checked out. REF is the branch that releases come
from; it is origin/main unless it is given.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys
import typing as t

import notes
import yaml

# https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, without build metadata:
# Galaxy orders releases, and build metadata has no order.
PART = r"(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
SEMVER = re.compile(rf"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){{2}}(-{PART}(\.{PART})*)?")
SIGNING_KEY = pathlib.Path("tools/release/signing-key.asc")
SCHEMAS = pathlib.Path("tests/tools/released-schemas.sha256")


def read(path: pathlib.Path) -> t.Any:
    """A YAML file, or an empty mapping where there is none."""
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}


def version_problems(root: pathlib.Path, tag: str) -> t.Iterator[str]:
    """The tag is the version."""
    version = read(root / "galaxy.yml").get("version")
    if not SEMVER.fullmatch(tag):
        yield f"{tag} is no version as semver.org has it, such as 1.0.0: a tag has no v and no build metadata"
    if version != tag:
        yield f"galaxy.yml has the version {version}, not {tag}"


def changelog_problems(root: pathlib.Path, tag: str) -> t.Iterator[str]:
    """The changelog has the version, and no fragment waits for another one."""
    if tag not in (read(root / "changelogs" / "changelog.yaml").get("releases") or {}):
        yield f"changelogs/changelog.yaml has no release {tag}: run antsibull-changelog release"
    if notes.section((root / "CHANGELOG.md").read_text(encoding="utf-8"), tag) is None:
        yield f"CHANGELOG.md has no section {tag}: run antsibull-changelog release"
    fragments = (root / "changelogs" / "fragments").glob("*")
    waiting = sum(path.suffix in (".yml", ".yaml") and path.name[0] != "." for path in fragments)
    if waiting:
        yield f"changelogs/fragments has {waiting} fragments that no release took: run antsibull-changelog release"


def promise_problems(root: pathlib.Path) -> t.Iterator[str]:
    """What a release fixes for good: its schemas, and the key that it is signed with."""
    frozen = (root / SCHEMAS).read_text(encoding="utf-8")
    for path in sorted(root.glob("plugins/**/*.schema.json")):
        if f"  {path.relative_to(root)}\n" not in frozen:
            yield f"{path.relative_to(root)} is not in {SCHEMAS}: see CONTRIBUTING.md, Schemas that were released"
    if not (root / SIGNING_KEY).is_file():
        yield f"{SIGNING_KEY} is missing: the public half of the key that signs releases"


def branch_problems(root: pathlib.Path, branch: str) -> t.Iterator[str]:
    """The commit is on the branch that releases come from, where its tests ran."""
    command = ["git", "-C", str(root), "merge-base", "--is-ancestor", "HEAD", branch]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    if answer.returncode == 1:
        yield f"the commit of the tag is not on {branch}"
    elif answer.returncode:
        yield f"git cannot tell whether the commit is on {branch}: {answer.stderr.strip()}"


def problems(root: pathlib.Path, *, tag: str, branch: str) -> list[str]:
    """Everything that stands against the release."""
    return [
        *version_problems(root, tag),
        *changelog_problems(root, tag),
        *promise_problems(root),
        *branch_problems(root, branch),
    ]


def main(arguments: t.Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description="Refuse a tag that is not ready to be released.")
    parser.add_argument("tag")
    parser.add_argument("--branch", default="origin/main")
    given = parser.parse_args(arguments)
    found = problems(pathlib.Path(), tag=given.tag, branch=given.branch)
    for problem in found:
        print(f"{given.tag} cannot be released: {problem}.", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
