# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read options as people mean them, whether they come as YAML values or as the text that ``-e name=value`` gives.

Ansible's own reading of a list splits at commas and keeps the spaces, so that ``fail, unverified`` names a verdict that
does not exist. Everything here is done before Ansible's validation, which then finds values of the right type.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import typing as t

import yaml

from ._option_errors import OptionProblem

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

_MOST = 10**9  # seconds; evidence does not hold numbers of every size
_TRUE = frozenset(("yes", "true", "on", "y", "t", "1"))
_FALSE = frozenset(("no", "false", "off", "n", "f", "0"))


def as_meant(arguments: t.Mapping[str, t.Any], spec: Spec, *, prefix: str = "") -> dict[str, t.Any]:
    """The arguments of a task with the types that ``spec`` asks for; empty and null ones are left out, as if unset.

    Names that ``spec`` lacks stay as they are, for Ansible to refuse. ``prefix``: what people write before the names.
    Raises OptionProblem.
    """
    names = {alias: name for name, wanted in spec.items() for alias in (name, *wanted.get("aliases", ()))}
    return {
        names.get(given, given): _value(prefix + given, value, spec.get(names.get(given, given), {}))
        for given, value in arguments.items()
        if not _unset(value)
    }


def _unset(value: t.Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _value(name: str, value: t.Any, spec: t.Mapping[str, t.Any]) -> t.Any:
    kind = spec.get("type")
    if kind == "list":
        return _list(name, value, spec)
    if kind == "bool":
        return _bool(name, value)
    if kind in ("float", "int"):
        return _number(name, value)
    if kind == "str" and spec.get("choices"):
        return _choice(name, value, spec["choices"])
    return value


def _list(name: str, value: t.Any, spec: t.Mapping[str, t.Any]) -> list[t.Any]:
    found = _from_text(name, value) if isinstance(value, str) else value
    if isinstance(found, t.Mapping) and spec.get("elements") == "raw":
        found = [found]
    if isinstance(found, (bool, t.Mapping)) or not isinstance(found, (list, tuple, set, frozenset, int, float, str)):
        raise OptionProblem(f"{name}: must be a list, found {_shown(value)}{_example(spec)}")
    items = [found] if isinstance(found, (int, float, str)) else list(found)
    items = [item.strip() if isinstance(item, str) else item for item in items if not _unset(item)]
    choices = spec.get("choices")
    return items if not choices else _choices(name, items, choices)


def _from_text(name: str, text: str) -> t.Any:
    """``a, b``, one a line, or the list itself as JSON or YAML."""
    text = text.strip()
    if text[0] in "[{" or all(line.lstrip().startswith("- ") for line in text.splitlines()):
        try:
            return yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise OptionProblem(
                f"{name}: {_shown(text)} begins like a list but is not one: {_first_line(error)}"
            ) from error
    if text.endswith(","):
        told = f"{name}: {_shown(text)} ends with a comma, so a part of the list is missing."
        raise OptionProblem(f"{told} {how_to_write(name, text)}")
    return re.split(r"[,\n]", text)


def how_to_write(name: str, text: str) -> str:
    """The same list in two spellings that Ansible does not cut at a space."""
    words = [part.strip(" '\"[]") for part in text.split(",")]  # a list that Ansible cut has half its brackets
    items = [word for word in words if word] or ["..."]
    quoted = ", ".join(items)
    as_json = json.dumps(items if "," in text else quoted)
    return f"""Ansible cuts -e at spaces. Write -e '{name}="{quoted}"' or -e '{{"{name}": {as_json}}}'."""


def _choices(name: str, items: t.Iterable[t.Any], choices: t.Sequence[str]) -> list[str]:
    words: list[t.Any] = []
    for item in items:
        words += re.split(r"[,\s]+", item.strip(", \t\n")) if isinstance(item, str) else [item]
    return list(dict.fromkeys(_choice(name, word, choices) for word in words))


def _choice(name: str, value: t.Any, choices: t.Sequence[str]) -> str:
    word = value.strip().lower() if isinstance(value, str) else str(value).lower()
    if word in choices:
        return next(choice for choice in choices if choice == word)
    close = difflib.get_close_matches(word, choices, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    raise OptionProblem(f"{name}: {_shown(value)} is not one of {', '.join(choices)}{guess}")


def _bool(name: str, value: t.Any) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE and isinstance(value, (bool, int, str)):
        return word in _TRUE
    raise OptionProblem(f"{name}: must be true or false, found {_shown(value)}")


def _number(name: str, value: t.Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 < number <= _MOST:
        raise OptionProblem(f"{name}: must be a number above 0 and no more than {_MOST:,}, found {_shown(value)}")
    return number


def _example(spec: t.Mapping[str, t.Any]) -> str:
    choices = spec.get("choices")
    return f", such as [{choices[0]}]" if choices else ""


def _shown(value: t.Any) -> str:
    text = ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
