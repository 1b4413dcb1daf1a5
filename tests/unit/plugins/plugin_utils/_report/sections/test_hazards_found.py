# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hazards of a report are those that its findings name, as the run knows them."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_catalogue import HazardCatalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_choices import read_hazards
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import report
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named

CATALOGUE = HazardCatalogue.load()
SEEN = {"web1": [listener(6379, owner_named("redis-server")), listener(22)]}


@pytest.mark.parametrize(("changes", "found"), [([], ["redis"]), (["redis:low"], ["redis"]), (["redis:silent"], [])])
def test_hazards_that_findings_name(changes, found):
    model = report(SEEN, hazards=read_hazards(changes, CATALOGUE))
    assert [one.id for one in model.hazards.found] == found
    assert (model.hazards.version, model.hazards.date) == (CATALOGUE.version, CATALOGUE.date)
