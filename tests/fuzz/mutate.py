# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a document when bytes, lines, words or values of it change: the same for the same seed.

Bytes change as in tests/properties, whose ``edited`` this is; text changes by line and word, JSON by value.
"""

from __future__ import annotations

import json
import random
import typing as t

Edit = tuple[str, int, bytes]

_KINDS = ("flip", "word", "cut", "drop", "insert", "twice")
_WORDS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\4\0\0\0", b"\x10\0\0\0", b"\xff\xff", b"\0", b"\x80", b"\xed\xa0\x80")
# What breaks readers of text: numbers at and beyond limits, signs, other digits, spaces and ends of lines.
TOKENS = (
    *(b"-1", b"0", b"65536", b"4294967296", b"99999999999999999999", b"9" * 5000, b"1e999", b"NaN", b"Infinity"),
    *(b"0x", b"0xffffffff", b"1_0", b"+1", "\u0661".encode(), "\u00b2".encode(), b" ", b"\t", b"\n", b"\r", b"\0"),
    *("\u2028".encode(), "\u00a0".encode(), b"\x1b[2J", b"::error::", b"%", b"\\x0", b"\\", b'"', b"'", b"{{", b"{% x"),
    *(b"::ffff:127.0.0.1", b"fe80::1%lo0", b"*", b"*:*", b"[::]", b"-", b"?", b"/", b"//", b"..", b":", b"->", b"..."),
)
VALUES: tuple[t.Any, ...] = (
    *(None, True, False, 0, -1, 65536, 2**31, 2**32, 2**64, 10**400, 1.5, float("inf"), float("-inf"), float("nan")),
    *("", " ", "0", "-1", "x", "\udc80", "\ud800", "\0", "\x1b[2J", "x" * 5000, "2026-13-45T99:00:00Z", "9999-12-31"),
    *("0001-01-01T00:00:00+23:59", [], {}, [[]], [None], {"x": None}, [[[[[[[[[[[[]]]]]]]]]]]], {"": {"": {"": {}}}}),
)


def edited(raw: bytes, edits: t.Iterable[Edit]) -> bytes:
    """The bytes after some edits, each at a place that is taken modulo what there is."""
    for kind, place, data in edits:
        at = place % (len(raw) + 1)
        if kind in ("flip", "word"):
            raw = raw[:at] + data + raw[at + len(data) :]
        elif kind == "cut":
            raw = raw[:at]
        elif kind == "drop":
            raw = raw[:at] + raw[at + len(data) :]
        elif kind == "insert":
            raw = raw[:at] + data + raw[at:]
        else:
            raw += raw[at:]
    return raw


class Mutator:
    """Makes inputs of a corpus, the same ones for the same seed. ``words``: what a target's language is made of."""

    def __init__(self, seed: str, corpus: t.Sequence[bytes], words: t.Sequence[bytes] = ()) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - to be the same again, not to be secret
        self._corpus = corpus
        self._tokens = (*TOKENS, *words, *words)
        self._ways = [self._bytes, self._words, self._lines]
        if any(_json(raw) is not None for raw in corpus):
            self._ways += [self._values] * 3

    def input(self) -> bytes:
        """The next one: a document of the corpus, changed in a few ways; one in fifty is nothing like any."""
        chance = self._chance
        if chance.random() < 0.02:
            return chance.randbytes(chance.randrange(200))
        raw = chance.choice(self._corpus)
        for _edit in range(chance.choice((1, 1, 1, 2, 3))):
            raw = chance.choice(self._ways)(raw)
        return raw[: 1 << 20]

    def _bytes(self, raw: bytes) -> bytes:
        chance = self._chance
        edits = []
        for _edit in range(chance.randrange(1, 6)):
            kind = chance.choice(_KINDS)
            data = chance.choice(_WORDS) if kind == "word" else chance.randbytes(chance.randrange(1, 8))
            edits.append((kind, chance.randrange(1 << 16), data))
        return edited(raw, edits)

    def _words(self, raw: bytes) -> bytes:
        """A word is replaced, doubled or put in."""
        chance = self._chance
        at = chance.randrange(len(raw) + 1)
        end = at + chance.choice((0, 0, 1, 2, 4, 8))
        return raw[:at] + chance.choice(self._tokens) + raw[end:]

    def _lines(self, raw: bytes) -> bytes:
        chance = self._chance
        lines = raw.splitlines(keepends=True) or [b""]
        at = chance.randrange(len(lines))
        way = chance.randrange(4)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at])
        elif way == 2:
            words = lines[at].split(b" ")
            chance.shuffle(words)
            lines[at] = b" ".join(words)
        else:
            lines[at] = lines[at].replace(b" ", chance.choice((b"", b"\t", b"  ")), 1)
        return b"".join(lines)

    def _values(self, raw: bytes) -> bytes:
        """A value, a key or a list of a JSON document is another."""
        document = _json(raw)
        if document is None:
            return self._words(raw)
        return json.dumps(self._other(document), allow_nan=True).encode("utf-8", "surrogatepass")

    def _other(self, node: t.Any) -> t.Any:
        chance = self._chance
        if not isinstance(node, (dict, list)) or not node or chance.random() < 0.1:
            return chance.choice(VALUES)
        if isinstance(node, list):
            return self._other_list(node)
        key = chance.choice(list(node))
        if chance.random() < 0.15:
            return {name: value for name, value in node.items() if name != key}
        if chance.random() < 0.1:
            return {**node, str(chance.choice(VALUES)): chance.choice(VALUES)}
        return {**node, key: self._other(node[key])}

    def _other_list(self, node: list[t.Any]) -> list[t.Any]:
        chance = self._chance
        at = chance.randrange(len(node))
        way = chance.random()
        if way < 0.1:
            return node[:at]
        if way < 0.2:
            return [*node, node[at]]
        return [*node[:at], self._other(node[at]), *node[at + 1 :]]


def _json(raw: bytes) -> t.Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
