# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What YAML 1.1 makes of a plain word, and where that is not what people mean.

YAML 1.1 (https://yaml.org/type/): ``on`` is true, ``22:22`` is 1342 (base 60), ``010`` is 8, ``1_000`` is 1000,
``4.10`` is 4.1 and ``2026-01-05`` is a date. Numbers in any form but plain decimal are reported here; of the
others the text is kept, for the message when the schema wants something else.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import typing as t

import yaml

from .._message_words import shortened
from ._policy_document import Day

_PREFIX = "tag:yaml.org,2002:"
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_LONG = 40  # characters of a number that somebody may have meant
_TRUE = ("yes", "true", "on")


@dataclasses.dataclass(frozen=True)
class Scalar:
    """``value`` is a plain type; ``problem`` says what is wrong with how it was written."""

    value: t.Any
    problem: str | None = None
    merge: bool = False


def scalar(text: str, *, tag: str | None, plain: bool) -> Scalar:
    """Read one scalar. ``plain`` is true of what stands there without quotes or tag."""
    if plain:
        return _plain(text)
    if tag is None or tag in ("!", f"{_PREFIX}str"):
        return Scalar(text)
    kind = tag[len(_PREFIX) :] if tag.startswith(_PREFIX) else ""
    reader = _READERS.get(kind)
    return reader(text) if reader else Scalar(text, unknown_tag(tag))


def unknown_tag(tag: str) -> str:
    """The message about a tag such as ``!vault``."""
    if tag in ("!vault", "!vault-encrypted"):
        return f"has the tag {tag}: encrypt the whole policy file with ansible-vault encrypt, not single values"
    if tag.startswith(_PREFIX):
        return f"has the tag {shortened(f'!!{tag[len(_PREFIX) :]}')}: policy files are plain YAML, without tags"
    hint = "; put a text that begins with ! in quotes" if tag.startswith("!") else ""
    return f"has the tag {shortened(tag)}: policy files are plain YAML, without tags{hint}"


def key_problem(written: str, read: Scalar) -> str | None:
    """What is wrong with a key, if anything: ``on:`` is the best known one."""
    if read.problem or type(read.value) is str:  # pylint: disable=unidiomatic-typecheck # a Day is a str
        return read.problem
    if read.value is True and written.lower() in ("on", "true"):
        return f"the key {written} is true in YAML 1.1: write the hosts of a rule or waiver in applies_to"
    kind = {bool: str(read.value).lower(), type(None): "null"}.get(type(read.value), "not text")
    return f"the key {written or 'that is empty'} is {kind} in YAML 1.1: quote it"


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> Scalar:
    kind = _resolve(text)
    return Scalar(text, merge=True) if kind == "merge" else _READERS.get(kind, Scalar)(text)


def _resolve(text: str) -> str:
    """The YAML 1.1 type of a plain word, as PyYAML resolves it."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], []):
        if pattern.match(text):
            return str(tag)[len(_PREFIX) :]
    return "str"


def _bool(text: str) -> Scalar:
    return Scalar(text.lower() in _TRUE)


def _null(_text: str) -> Scalar:
    return Scalar(None)


def _int(text: str) -> Scalar:
    if _DECIMAL.fullmatch(text):
        return Scalar(int(text))
    read = _as_read(text)
    return Scalar(
        text, f"is written {shortened(text)}, which YAML 1.1 reads as {read}: quote it or write it in decimal"
    )


def _float(text: str) -> Scalar:
    try:
        value = float(text.replace("_", ""))
    except ValueError:  # .inf, .nan and base 60
        value = math.inf
    if math.isfinite(value):
        return Scalar(value)
    return Scalar(text, f"is written {shortened(text)}, which YAML 1.1 reads as a number with a fraction: quote it")


def _day(text: str) -> Scalar:
    return Scalar(Day(text))


def _as_read(text: str) -> str:
    """The number that PyYAML reads, with the reason."""
    if len(text) > _LONG:  # Python refuses to write numbers of thousands of digits
        return "a number"
    digits = text.replace("_", "")
    if ":" in digits:
        value = functools.reduce(lambda total, part: total * 60 + int(part), digits.lstrip("+-").split(":"), 0)
        return f"the number {value} (base 60)"
    try:
        return f"the number {yaml.safe_load(text)}"
    except (yaml.YAMLError, ValueError):
        return "a number"


_READERS: t.Mapping[str, t.Callable[[str], Scalar]] = {
    "bool": _bool,
    "null": _null,
    "int": _int,
    "float": _float,
    "timestamp": _day,
}
