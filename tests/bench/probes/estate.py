# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the run of a made-up estate; prints where, as JSON. Arguments: a directory, hosts, listeners of each."""

from __future__ import annotations

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._layers import open_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from harness import estate

policy = load_layers(open_layers(estate.policy()), registry=Registry.load())
run = estate.write(
    pathlib.Path(sys.argv[1]),
    count=int(sys.argv[2]),
    listeners=int(sys.argv[3]),
    policy_json=to_record(policy),
    sha256=policy.sha256,
)
print(json.dumps({"run": run}))
