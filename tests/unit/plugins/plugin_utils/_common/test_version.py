# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version that runs and reports carry is the collection's."""

from __future__ import annotations

import pathlib

import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common import _version


def test_it_is_the_version_of_galaxy_yml() -> None:
    root = pathlib.Path(_version.__file__).parents[3]
    assert yaml.safe_load((root / "galaxy.yml").read_text())["version"] == _version.VERSION
