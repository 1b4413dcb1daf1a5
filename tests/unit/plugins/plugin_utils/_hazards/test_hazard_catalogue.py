# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled catalogue of hazards: its shape, its names, and the page that lists it."""

from __future__ import annotations

import copy
import datetime
import json
import pathlib

import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_catalogue import (
    FILE,
    HazardCatalogue,
)

CATALOGUE = HazardCatalogue.load()
DATA = json.loads(FILE.read_text(encoding="utf-8"))
SCHEMA = json.loads(FILE.with_name("hazards-v1.schema.json").read_text(encoding="utf-8"))
PAGE = pathlib.Path(__file__).parents[5] / "docs" / "hazards.md"
# What the catalogue is for: each of these is there, by a port that people know it by.
KNOWN_BY = [
    *(("tcp", 2375, "docker-api"), ("tcp", 2376, "docker-api"), ("tcp", 6379, "redis"), ("tcp", 27017, "mongodb")),
    *(("tcp", 9200, "elasticsearch"), ("tcp", 2379, "etcd"), ("tcp", 10250, "kubelet")),
    *(("tcp", 10255, "kubelet-read-only"), ("udp", 11211, "memcached"), ("tcp", 23, "telnet")),
    *(("tcp", 512, "r-services"), ("tcp", 513, "r-services"), ("tcp", 514, "r-services"), ("udp", 69, "tftp")),
    *(("udp", 161, "snmp"), ("tcp", 5432, "postgresql"), ("tcp", 3306, "mysql"), ("tcp", 1433, "mssql")),
    *(("tcp", 1521, "oracle"), ("tcp", 9042, "cassandra"), ("tcp", 5984, "couchdb"), ("tcp", 8086, "influxdb")),
    *(("tcp", 5901, "vnc"), ("tcp", 3389, "rdp"), ("tcp", 6000, "x11"), ("tcp", 5005, "jdwp")),
    *(("tcp", 8000, "jdwp-8000"), ("tcp", 9229, "node-inspector"), ("udp", 111, "rpcbind"), ("tcp", 445, "smb")),
    *(("tcp", 389, "ldap"), ("tcp", 8088, "hadoop"), ("tcp", 7077, "spark"), ("tcp", 2181, "zookeeper")),
    *(("tcp", 9092, "kafka"), ("tcp", 4369, "erlang"), ("tcp", 8500, "consul"), ("tcp", 4646, "nomad")),
    *(("tcp", 9100, "prometheus-exporter"), ("tcp", 873, "rsync"), ("tcp", 79, "finger")),
    ("udp", 19, "small-services"),
]


def test_it_is_as_its_schema_says():
    validator = jsonschema.Draft202012Validator
    validator.check_schema(SCHEMA)
    assert [error.message for error in validator(SCHEMA).iter_errors(DATA)] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("severity", {}, id="no severity"),
        pytest.param("severity", {"host": "high"}, id="what only its host reaches"),
        pytest.param("ports", {"tcp": [0]}, id="no port"),
        pytest.param("programs", ["Redis"], id="upper case, which nothing matches"),
        pytest.param("sources", [], id="no source"),
        pytest.param("sources", ["http://example.org"], id="a source that anybody can change on its way"),
    ],
)
def test_its_schema_refuses(key, value):
    broken = copy.deepcopy(DATA)
    broken["hazards"][0][key] = value
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(broken)


def test_ids_are_unique():
    names = [raw["id"] for raw in DATA["hazards"]]
    assert len(names) == len(set(names)) == len(CATALOGUE.hazards)
    assert CATALOGUE.version == FILE.stem.rpartition("-")[2]
    assert datetime.date.fromisoformat(CATALOGUE.date)


@pytest.mark.parametrize(("protocol", "port", "name"), KNOWN_BY)
def test_services_that_it_has(protocol, port, name):
    assert CATALOGUE.hazards[name].on(protocol, port)


@pytest.mark.parametrize("name", CATALOGUE.hazards)
def test_sentences_have_one_form(name):
    """They stand behind a title and a colon, and a full stop comes after them."""
    found = CATALOGUE.hazards[name]
    assert found.why[0].islower() or found.why.startswith(("SSH", "RDP"))
    assert not found.why.endswith(".")
    assert all(ord(char) < 128 for text in (found.title, found.why, found.narrower or "") for char in text)


@pytest.mark.parametrize("name", CATALOGUE.hazards)
def test_a_wider_reach_is_never_less_grave(name):
    order = ("low", "medium", "high", "critical")
    weights = [order.index(weight) for reach in range(4) if (weight := CATALOGUE.hazards[name].weight(reach))]
    assert weights == sorted(weights)
    assert CATALOGUE.hazards[name].weight(0) is None


def test_the_page_lists_every_hazard_once():
    page = PAGE.read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert [name for name in rows if name in CATALOGUE.hazards] == list(CATALOGUE.hazards)


def test_data_of_another_format_is_refused():
    with pytest.raises(ValueError, match="format 2"):
        HazardCatalogue({**DATA, "format": 2})
