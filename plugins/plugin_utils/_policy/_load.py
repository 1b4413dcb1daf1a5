# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load a policy: read it, hold it against the schema, check its meaning, build it. All problems come at once."""

from __future__ import annotations

import dataclasses
import typing as t

from .._common._gc_paused import collector_paused
from ._policy_errors import PolicyError, PolicyProblem
from ._policy_model import Policy
from .compiled._canonical import digest
from .resolve._build_policy import build, services_of
from .resolve._merge_layers import check_layers, merge
from .resolve._port_names import RegistryNames
from .resolve._semantic_checks import check_meaning
from .schema._schema import check_schema, require_jsonschema
from .source._policy_document import Document
from .source._source import Source


def load_layers(layers: t.Sequence[Source], *, registry: RegistryNames) -> Policy:
    """The policy of its layers, one or more.

    ``registry`` resolves service names. Raises PolicyError with every problem and its place; MissingLibrary, which
    is one, when jsonschema is not there.
    """
    require_jsonschema()
    with collector_paused():
        return _loaded(layers, registry)


def _loaded(layers: t.Sequence[Source], registry: RegistryNames) -> Policy:
    documents: list[Document] = []
    problems: list[PolicyProblem] = []
    for layer in layers:
        try:
            documents.append(_checked(layer))
        except PolicyError as error:
            problems.extend(error.problems)
    check_meaning(documents, registry)
    check_layers(documents)
    problems += [problem for document in documents for problem in document.problems]
    if problems:
        raise PolicyError(problems)
    policy = merge(_built(layers, documents, registry=registry), documents)
    return dataclasses.replace(policy, sha256=digest(policy))


def _checked(layer: Source) -> Document:
    """The document of one layer, held against the schema. Raises PolicyError when it is no mapping at all."""
    document = layer.read()
    if not isinstance(document.data, dict):
        if not document.problems:
            document.report((), f"a policy is a mapping with version, name and rules, {_instead(document.data)}")
        document.stop_if_wrong()
    if "include" in document.data and not document.inline and b"include" not in layer.content:
        document.report(("include",), "write the key without an anchor or alias: include is not read here")
    check_schema(document)
    return document


def _built(layers: t.Sequence[Source], documents: t.Sequence[Document], *, registry: RegistryNames) -> list[Policy]:
    services = {name: items for document in documents for name, items in services_of(document).items()}
    return [
        build(document, registry=registry, label=layer.label, services=services)
        for layer, document in zip(layers, documents, strict=True)
    ]


def _instead(data: t.Any) -> str:
    if data is None:
        return "found nothing"
    return f"found a {'list' if isinstance(data, list) else 'single value'}"
