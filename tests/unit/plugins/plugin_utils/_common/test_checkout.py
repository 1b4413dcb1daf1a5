# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are named from the root of the repository, wherever the run was started."""

from __future__ import annotations

import os
import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._checkout import find_checkout
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._source_location import (
    SourceLocation,
    SourceLocations,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample


@pytest.fixture
def work(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder without repository, and in it ``repo`` with a policy two folders down."""
    policy = tmp_path / "repo" / "ansible" / "policies" / "p.yml"
    policy.parent.mkdir(parents=True)
    policy.write_text("version: 1")
    (tmp_path / "repo" / ".git").mkdir()
    return tmp_path


def _named(folder: pathlib.Path, file: object, monkeypatch: pytest.MonkeyPatch, **environ: object) -> str:
    monkeypatch.chdir(folder)
    checkout = find_checkout({name: str(value) for name, value in environ.items()})
    assert checkout is not None
    return checkout.named(str(file))


P = "ansible/policies/p.yml"


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("repo", P),
        ("repo", f"./{P}"),
        ("repo/ansible", "policies/p.yml"),
        ("repo/ansible/policies", "p.yml"),
        ("repo/ansible/policies", "../policies/p.yml"),
    ],
)
def test_below_the_root(work, monkeypatch, folder, file):
    assert _named(work / folder, file, monkeypatch) == P
    assert _named(work / folder, os.path.abspath(file), monkeypatch) == P


def test_a_worktree_and_a_submodule_have_a_file(work, monkeypatch):
    (work / "repo" / ".git").rmdir()
    (work / "repo" / ".git").write_text("gitdir: /srv/bare/worktrees/repo")
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch) == P


def test_the_nearest_repository_counts(work, monkeypatch):
    (work / ".git").mkdir()
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch) == P


def test_a_policy_outside_is_absolute(work, monkeypatch):
    outside = work / "elsewhere" / "p.yml"
    outside.parent.mkdir()
    for file in (outside, "../../elsewhere/p.yml"):
        assert _named(work / "repo" / "ansible", file, monkeypatch) == str(outside)


def test_a_name_that_only_begins_alike_is_outside(work, monkeypatch):
    assert _named(work / "repo", work / "repo2" / "p.yml", monkeypatch) == str(work / "repo2" / "p.yml")
    assert _named(work / "repo", "..p.yml", monkeypatch) == "..p.yml"


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE"])
def test_the_folder_of_the_ci_system(work, monkeypatch, variable):
    (work / "repo" / ".git").rmdir()
    declared = {variable: work / "repo"}
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch, **declared) == P
    assert _named(work, work / "repo" / P, monkeypatch, **declared) == P


def test_it_ends_the_search(work, monkeypatch):
    """What is above the folder of the CI system is not what it shows."""
    (work / "repo" / ".git").rename(work / ".git")
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch, CI_PROJECT_DIR=work / "repo") == P


def test_a_repository_below_the_folder_of_the_ci_system(work, monkeypatch):
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch, GITHUB_WORKSPACE=work) == P


@pytest.mark.parametrize("value", ["", "relative", "/", "~nobody/x"])
def test_a_variable_that_names_no_folder(work, monkeypatch, value):
    assert _named(work, "repo/x.yml", monkeypatch, WORKSPACE=value) in ("x.yml", "repo/x.yml")
    assert _named(work / "repo" / "ansible", "policies/p.yml", monkeypatch, WORKSPACE=value) == P


def test_started_outside_of_any_repository(work, monkeypatch):
    """The one that holds the policy is the one that is meant."""
    assert _named(work, work / "repo" / P, monkeypatch) == P
    assert _named(work, f"repo/{P}", monkeypatch) == P


def test_no_repository_at_all(work, monkeypatch):
    (work / "repo" / ".git").rmdir()
    assert _named(work, f"./repo/{P}", monkeypatch) == f"repo/{P}"
    assert _named(work, work / "repo" / P, monkeypatch) == str(work / "repo" / P)


def test_links(work, monkeypatch):
    root = work / "repo"
    (work / "link").symlink_to(root / "ansible")
    (root / "current.yml").symlink_to("ansible/policies/p.yml")
    (root / "shared.yml").symlink_to(work / "shared.yml")
    assert _named(work / "link", work / "link" / "policies" / "p.yml", monkeypatch) == P  # the folder is another's name
    assert _named(root, "current.yml", monkeypatch) == P  # the link has no lines
    assert _named(root, "shared.yml", monkeypatch) == "shared.yml"  # what it leads to is in no repository


def test_a_folder_that_is_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_checkout({}) is None


def test_spots(work, monkeypatch):
    monkeypatch.chdir(work / "repo" / "ansible")
    model = sample.model()
    spots = SourceLocations(model, None, find_checkout({}))
    assert spots.find(SourcePlace("policies/p.yml", 4, 3)) == SourceLocation(P, 4, 3)
    assert spots.find(SourcePlace("inline", 4, 3)) == SourceLocation("port-policy.yml", 4, 3)
    assert spots.find(SourcePlace("/etc/a\nb.yml", 4, 3)) == SourceLocation("/etc/a b.yml", 4, 3)
    assert SourceLocations(model, "ours.yml", find_checkout({})).find(
        SourcePlace("policies/p.yml", 4, 3)
    ) == SourceLocation("ours.yml", 4, 3)
