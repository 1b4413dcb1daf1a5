# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lint of a policy answers."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.action.port_policy_check import _answer
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._remark import Remark
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded


@pytest.mark.parametrize(("number", "said"), [(0, "0 warnings"), (1, "1 warning"), (2, "2 warnings")])
def test_warnings_are_counted(number: int, said: str) -> None:
    policy = loaded({"version": 1, "name": "p", "rules": []})
    remark = Remark("no-owner", "warning", "it has no owner", SourcePlace("p.yml", 1, 1))
    answer = _answer(policy, [remark] * number, None)
    assert answer["msg"].splitlines()[0] == f"p: valid, {said}."
