# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module around the collectors."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.modules import listening_sockets_info as module

ROOT = pathlib.Path(__file__).parents[4]


def test_version_is_that_of_the_collection():
    galaxy = ROOT / "galaxy.yml"
    if galaxy.exists():
        version = re.search(r"^version: (\S+)$", galaxy.read_text(), re.MULTILINE).group(1)
    else:
        version = json.loads((ROOT / "MANIFEST.json").read_text())["collection_info"]["version"]
    assert version == _snapshot.COLLECTION_VERSION


def test_gap_codes_are_documented():
    """Every code that the collector can say is explained in the module's documentation."""
    sources = "".join(path.read_text() for path in (ROOT / "plugins/module_utils/_collect").rglob("*.py"))
    said = set(re.findall(r"(?:Gap|NetlinkError|ToolError|self\.gap)\(\s*\"([a-z-]+)\"", sources)) | {
        "budget",
        "wall-limit",
    }
    assert {"permission", "unsupported", "truncated", "netlink-refused"} <= said
    assert {code for code in said if "V(%s)" % code not in module.RETURN} == set()


RUN = """
import json, os, sys
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
before = set(sys.modules)
result = _collector.collect(_snapshot.Options(owners="none")).to_result()
print(json.dumps([len(result["listeners"]), sorted(name.rsplit(".", 1)[-1] for name in set(sys.modules) - before)]))
"""


def test_little_is_imported():
    """What is not needed is not loaded: targets compile every file in every run."""
    output = subprocess.run(
        [sys.executable, "-c", RUN],
        stdout=subprocess.PIPE,
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    ).stdout
    _count, loaded = json.loads(output)
    unneeded = {"_socket_units", "_unit_files", "_fd_walk", "_threads", "_proc_net", "_all", "subprocess", "_unix"}
    assert unneeded.isdisjoint(loaded)
