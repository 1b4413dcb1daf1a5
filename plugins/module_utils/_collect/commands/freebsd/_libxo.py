# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of FreeBSD's libxo: records are found by their keys, for the containers around them differ by release."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool


def records(name: str, answer: _tool.ToolAnswer, *keys: str) -> t.List[t.Mapping[str, t.Any]]:
    """Every object that has all the keys. Raises ToolError when the command failed or printed no JSON."""
    if answer.status != 0:
        raise _tool.ToolError("tool-failed", _tool.worded(name, answer))
    try:
        return list(_having(json.loads(answer.stdout), keys))
    except (ValueError, RecursionError) as error:
        raise _tool.ToolError("tool-failed", "the JSON of %s is not understood: %s" % (name, error)) from error


def numbers(name: str, answer: _tool.ToolAnswer, number: str, said: str) -> t.Dict[int, str]:
    """What records say, by their number. Raises ToolError as records, and for a record whose number is none."""
    found = {}
    for raw in records(name, answer, number, said):
        key = whole(raw[number])
        if key is None or not isinstance(raw[said], str):
            detail = "the JSON of %s is not understood: %s %.40r" % (name, number, raw[number])
            raise _tool.ToolError("tool-failed", detail)
        found[key] = raw[said]
    return found


def whole(value: t.Any) -> t.Optional[int]:
    """A number of a process, a port or the like, which libxo prints as a number or as text; None for anything else."""
    if isinstance(value, str):
        return _tool.number(value)
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**_tool.DIGITS
    return value if known else None


def _having(node: t.Any, keys: t.Sequence[str]) -> t.Iterator[t.Mapping[str, t.Any]]:
    if isinstance(node, dict):
        if all(key in node for key in keys):
            yield node
        else:
            for value in node.values():
                yield from _having(value, keys)
    elif isinstance(node, list):
        for value in node:
            yield from _having(value, keys)
