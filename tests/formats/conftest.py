# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of the fleets in fleets.py, written as a run writes them.

make formats fetches the tools that judge them; see tests/tools/suites/formats.sh.
"""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._choice import Surroundings
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import build

ROOT = pathlib.Path(__file__).parents[2]
TOOLS = ROOT / ".build" / "formats"
TEMPLATES = ROOT / "roles" / "port_audit" / "templates"
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import fleets  # noqa: E402 - it stands beside this file

Report = t.Callable[..., str]


@pytest.fixture(params=fleets.NAMES)
def fleet(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def report() -> Report:
    """The text of a fleet's report: ``report("small", "sarif", policy_file="policy.yml")``."""
    made: dict[t.Any, str] = {}

    def text(fleet: str, format: str, **keys: t.Any) -> str:
        key = (fleet, format, *sorted(keys.items()))
        if key not in made:
            (choice,) = read_choices([{"format": format, **keys}])
            around = Surroundings(template_dirs=[str(TEMPLATES)], files={"html": "/srv/audit/latest/report.html"})
            made[key] = "".join(build(fleets.model(fleet), choice, around))
        return made[key]

    return text


@pytest.fixture(scope="session")
def tools() -> pathlib.Path:
    """The folder with the schema of JUnit XML and the validator of SARIF."""
    assert (TOOLS / "have").exists(), "run make formats once: it fetches what judges the formats"
    return TOOLS
