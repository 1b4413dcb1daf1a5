# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a policy file holds: it loads, and can be linted and judged by, or its problems are told line by line."""

from __future__ import annotations

import datetime
import pathlib
from unittest import mock

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint import lint
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import (
    PolicyError,
    PolicyProblem,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _read_yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._source import Source
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated

ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "tests/unit/plugins/plugin_utils/_policy/positive"
POLICIES = {path.stem: path.read_bytes() for path in sorted(FIXTURES.glob("*.yml"))}
REGISTRY = Registry.load()
CATALOGUE = Catalogue.load()
TODAY = datetime.date(2026, 11, 29)

_WORDS = st.sampled_from(
    [
        *(b"1:1:1:1", b".inf", b"1e999", b"0x" + b"f" * 5000, b"9" * 5000, b"9999-12-31", b"2026-02-30 25:61:61"),
        *(b"!!set", b"!!omap", b"!!binary", b"!!python/name:os.system", b"!vault", b"!x", b"&a", b"*a", b"<<: *a"),
        *(b'"\\ud800"', b'"\\Uffffffff"', b'"\\0"', b"\0", b"\r", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc2\x85"),
        *(b"[", b"]", b"{", b"}", b"? ", b"- ", b": ", b"|", b">", b"'", b'"', b"#", b"---", b"...", b"%YAML 9.9"),
        *(b"web[1:5]", b"~web", b"web:&prod", b"[z-a]", b"[!", b"[^a]", b"{a,b}", b"/../x", b"user@1.service"),
        *(b"0.0.0.0", b"::", b"[::]", b"127.1", b"10.0.0.1-9", b"80,443", b"443/tcp", b"1024-", b"-1024", b"tcp/udp"),
    ]
)


@st.composite
def _policy(draw: st.DrawFn) -> bytes:
    """A policy with bytes changed, or with words in place of others."""
    if draw(st.booleans()):
        return draw(mutated(POLICIES))
    words = draw(st.sampled_from(sorted(POLICIES.values()))).split(b" ")
    for _number in range(draw(st.integers(1, 3))):
        words[draw(st.integers(0, len(words) - 1))] = draw(_WORDS)
    return b" ".join(words)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@settings(max_examples=150, deadline=None)
@given(content=_policy())
def test_loads_or_says_why_not(loader: str, content: bytes) -> None:
    with mock.patch.object(_read_yaml, "_LOADER", getattr(yaml, loader, yaml.SafeLoader)):
        policy, problems = _read(content)
    assert (policy is None) == bool(problems)
    assert all(str(problem).isprintable() for problem in problems)
    assert [problem.order for problem in problems] == sorted(problem.order for problem in problems)
    if policy is not None:
        assert from_json(to_json(policy)) == policy
        lint(policy, registry=REGISTRY, catalogue=CATALOGUE, today=TODAY, strictness="strict")
        Judge(policy, REGISTRY)


def _read(content: bytes) -> tuple[Policy | None, tuple[PolicyProblem, ...]]:
    try:
        return load_layers([Source("policy.yml", content)], registry=REGISTRY), ()
    except PolicyError as error:
        return None, error.problems
