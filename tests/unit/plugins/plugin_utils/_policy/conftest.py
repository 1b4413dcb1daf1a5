# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of policies share."""

from __future__ import annotations

import pathlib
import typing as t

import pytest


@pytest.fixture
def write(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., str]:
    """Write a layer into the current directory: its name, rules in YAML's short form, and what stands above them."""
    monkeypatch.chdir(tmp_path)

    def written(name: str, *listed: str, top: str = "") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"version: 1\nname: {path.stem}\n{top}"
        path.write_text(head + ("rules:\n" + "".join(f"  - {rule}\n" for rule in listed) if listed else "rules: []\n"))
        return name

    return written
