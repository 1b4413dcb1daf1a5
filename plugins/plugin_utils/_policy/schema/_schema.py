# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a document against the JSON Schema of policies. Needs jsonschema, on the controller only."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import pathlib
import typing as t

from ansible.module_utils.basic import missing_required_lib

from .._policy_errors import MissingLibrary
from ..source._policy_document import Document
from ._schema_messages import AT_KEY, KEYWORDS, QUOTE_IT

try:
    from jsonschema import Draft202012Validator, validators
except ImportError as error:
    _IMPORT_ERROR: ImportError | None = error
else:
    _IMPORT_ERROR = None

_FILE = pathlib.Path(__file__).parents[1].joinpath("port-policy-v1.schema.json")
_LEAST = (4, 18)  # the first with `referencing`; it resolves nothing over the network
_NO_KEYWORDS = ("$ref", "$defs", "title", "description", "examples", "default")


def schema_text() -> str:
    """The schema as it is published."""
    return _FILE.read_text(encoding="utf-8")


def check_schema(document: Document) -> None:
    """Report in the document all that the schema says against it. Raises MissingLibrary."""
    require_jsonschema()
    for error in _validator().iter_errors(document.data):
        path = tuple(error.absolute_path)
        at_key = error.validator == AT_KEY
        message = error.message if at_key else _as_written(error.message, document.written.get(path))
        document.report(path, message, at_key=at_key)
        if document.full:
            return


def require_jsonschema() -> None:
    """Raise MissingLibrary, in the words that Ansible has for it, when jsonschema is missing or too old."""
    wanted = f"jsonschema >= {_LEAST[0]}.{_LEAST[1]}"
    if _IMPORT_ERROR is not None:
        raise MissingLibrary(missing_required_lib(wanted, reason="to check policies")) from _IMPORT_ERROR
    version = importlib.metadata.version("jsonschema")
    if _numbers(version) < _LEAST:
        raise MissingLibrary(missing_required_lib(wanted, reason=f"to check policies (found {version})"))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".")[:2] if number.isdigit())


def _as_written(message: str, written: str | None) -> str:
    """Add what stood in the file where YAML made something else of it: ``4.10`` is the number 4.1."""
    if written is None:
        return message
    said, hint = message.removesuffix(QUOTE_IT), QUOTE_IT if message.endswith(QUOTE_IT) else ""
    return message if f"found {written}" in said else f"{said} (written {written}){hint}"


@functools.lru_cache(maxsize=1)
def _validator() -> t.Any:
    """One validator for the whole process. References are resolved beforehand: two thirds of the time went there."""
    schema = json.loads(schema_text())
    kind = validators.create(meta_schema=Draft202012Validator.META_SCHEMA, validators=dict(KEYWORDS))
    return kind(_resolved(schema, schema["$defs"]))


def _resolved(schema: t.Any, definitions: t.Mapping[str, t.Any]) -> t.Any:
    """The schema with every ``#/$defs/x`` put in its place; keywords beside a reference win over those behind it."""
    if not isinstance(schema, dict):
        return schema
    plain = {}
    for keyword, value in schema.items():
        if keyword == "properties":  # here the keys are names, and one of them is "description"
            plain[keyword] = {name: _resolved(item, definitions) for name, item in value.items()}
        elif keyword not in _NO_KEYWORDS:
            plain[keyword] = _resolved(value, definitions)
    if "$ref" not in schema:
        return plain
    return {**_resolved(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions), **plain}
