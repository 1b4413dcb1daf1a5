# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load a policy: read it, hold it against the schema, check its meaning, build it. All problems come at once."""

from __future__ import annotations

import dataclasses
import typing as t

from ._build import build
from ._canonical import digest
from ._checks import check_meaning
from ._model import Policy
from ._pause import collector_paused
from ._ports import Names
from ._schema import check_schema, require_jsonschema
from ._source import Source, open_source


def load_policy(source: t.Any, *, registry: Names) -> Policy:
    """The policy at a path (str), in a mapping, or in a list that holds one of these.

    ``registry`` resolves service names. Raises PolicyError with every problem and its place; MissingLibrary, which
    is one, when jsonschema is not there.
    """
    return load_source(open_source(source), registry=registry)


def load_source(source: Source, *, registry: Names) -> Policy:
    """The same from what was read already."""
    require_jsonschema()
    with collector_paused():
        return _loaded(source, registry)


def _loaded(source: Source, registry: Names) -> Policy:
    document = source.read()
    if document.data is None and document.problems:
        document.stop_if_wrong()
    if not isinstance(document.data, dict):
        document.report((), f"a policy is a mapping with version, name and rules, {_instead(document.data)}")
        document.stop_if_wrong()
    check_schema(document)
    check_meaning(document, registry)
    document.stop_if_wrong()
    policy = build(document, registry=registry, label=source.label)
    return dataclasses.replace(policy, sha256=digest(policy))


def _instead(data: t.Any) -> str:
    if data is None:
        return "found nothing"
    if isinstance(data, str) and data.startswith("$ANSIBLE_VAULT"):
        return "found a file that Ansible Vault encrypted"
    return f"found a {'list' if isinstance(data, list) else 'single value'}"
