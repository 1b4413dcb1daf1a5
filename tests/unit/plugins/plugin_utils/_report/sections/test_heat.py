# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where findings are: ports against groups in a large fleet, against hosts in a small one."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._report import HeatCell
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections import _heat
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._heat import build_heat
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed


def _host(name, *ports, groups=("web",), verdict="fail"):
    return host(name, *(found(listener(port), "unlisted-listener", verdict, "said") for port in ports), groups=groups)


def _rows(heat):
    return {
        row.name: [cell and (cell.verdict, cell.hosts) for cell in row.cells] for b in heat.blocks for row in b.rows
    }


@pytest.fixture
def by_group(monkeypatch):
    monkeypatch.setattr(_heat, "HOST_BY_HOST", 0)


def test_nothing_found_has_no_map():
    assert build_heat([]) is None
    assert build_heat([host("a", passed(listener(22), rule="ssh"))]) is None


def test_a_small_fleet_has_a_row_for_each_host_with_a_finding_under_its_groups():
    heat = build_heat([_host("w1", 81), _host("d1", 5432, 81, groups=("db", "eu")), host("ok", groups=("web",))])
    assert heat.by_host
    assert heat.ports == ("81/tcp", "5432/tcp")
    assert [(block.title, [row.name for row in block.rows]) for block in heat.blocks] == [
        ("db, eu", ["d1"]),
        ("web", ["w1"]),
    ]
    assert _rows(heat) == {"d1": [("fail", 1), ("fail", 1)], "w1": [("fail", 1), None]}


@pytest.mark.usefixtures("by_group")
def test_a_large_fleet_has_a_row_for_each_group_and_counts_hosts():
    hosts = [_host("a", 81, groups=("web", "eu")), _host("b", 81, verdict="warn"), _host("c", groups=("web", "us"))]
    heat = build_heat(hosts)
    assert not heat.by_host
    assert _rows(heat) == {"eu": [("fail", 1)], "web": [("fail", 2)]}
    assert [row.hosts for row in heat.blocks[0].rows] == [1, 3]


@pytest.mark.usefixtures("by_group")
def test_hosts_of_no_group_are_one_row():
    assert _rows(build_heat([_host("a", 81, groups=()), _host("b", 81, groups=("ungrouped",))])) == {
        "(no group)": [("fail", 2)]
    }


@pytest.mark.parametrize(("bad", "of", "level"), [(1, 200, 1), (2, 200, 2), (10, 200, 3), (40, 200, 4)], ids=str)
@pytest.mark.usefixtures("by_group")
def test_levels_tell_the_share(bad, of, level):
    hosts = [_host(f"h{n}", *((81,) if n < bad else ())) for n in range(of)]
    ((cell,),) = (row.cells for row in build_heat(hosts).blocks[0].rows)
    assert cell == HeatCell("fail", bad, level)


def test_columns_are_the_ports_that_fail_on_most_hosts_and_the_rest_is_counted():
    warned = [_host(f"w{n}", 9000, verdict="warn") for n in range(5)]
    failing = [_host("a", *range(1000, 1000 + _heat.MOST_PORTS)), _host("b", 1003)]
    heat = build_heat([*warned, *failing])
    assert (len(heat.ports), heat.ports_left_out) == (_heat.MOST_PORTS, 1)
    assert "1003/tcp" in heat.ports
    assert "9000/tcp" not in heat.ports


@pytest.mark.usefixtures("by_group")
def test_rows_are_bounded_and_the_rest_is_counted():
    hosts = [_host(f"h{n:02}", 81, groups=(f"g{n:02}",)) for n in range(_heat.MOST_GROUPS + 3)]
    heat = build_heat(hosts)
    assert (len(heat.blocks[0].rows), heat.rows_left_out) == (_heat.MOST_GROUPS, 3)
