# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of strangers made fit to be shown: names and messages of hosts, inventories and policies, paths, git.

The one function for everything that is written for a reader: reports, results of tasks, warnings, errors.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata

LONGEST = 500  # characters of one text of a host: a few lines say what there is to say

# White space with a break in it, or a tab: a list of lines becomes a line.
_BREAKS = re.compile("[ \t\r\n\v\f]*[\t\r\n\v\f][ \t\r\n\v\f]*")

# Python calls these printable, and nothing is seen of them: joiners, fillers, variation selectors (but U+FE0F, which is
# in usual emoji), the empty Braille pattern.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)

# What CI systems take for a command to them. GitHub's runner and the agent of Azure Pipelines look for "##" commands
# anywhere in a line (actions/runner ActionCommand.TryParse, azure-pipelines-agent Command.TryParse), TeamCity too.
# "::name::" counts at the start of a line (TryParseV2), which may be the one where somebody else wrapped this text. An
# IPv6 address has one "::" and no letter beyond f.
_COMMAND = re.compile(r"#(?P<number>#)(?=\w*\[)|:(?P<colon>:)(?=[A-Fa-f0-9]*[G-Zg-z_-][\w-]*(?:\s[^\r\n]*?)?::)")


def printable(text: str) -> str:
    """One line of it, which drives no terminal and commands no CI system.

    White space becomes a space. Control characters (C0, C1), separators of lines, bidi controls (CVE-2021-42574), what
    has no width, lone surrogates and what is no character become escapes: ``\\x1b``, ``\\u202e``. Of a command of a CI
    system its second character becomes one: ``:\\x3aerror::``.
    """
    if not text.isprintable():
        text = "".join(map(_shown, _BREAKS.sub(" ", text)))
    if not text.isascii():
        text = _UNSEEN.sub(lambda match: _escape(match[0]), text)
    if "##" in text or "::" in text:
        text = _COMMAND.sub(lambda match: "#\\x23" if match["number"] else ":\\x3a", text)
    return text


def said(value: t.Any, *, limit: int = LONGEST) -> str:
    """What a host said, as one printable line of at most ``limit`` characters."""
    text = printable(str(value)[: 4 * limit]).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def fit(value: t.Any) -> t.Any:
    """The same plain JSON value with every text in it printable, names of fields too."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {fit(key): fit(item) for key, item in value.items()}
    return [fit(item) for item in value] if isinstance(value, list) else value


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else _escape(character)


def _escape(character: str) -> str:
    value = ord(character)
    if value < 0x100:
        return f"\\x{value:02x}"
    return f"\\u{value:04x}" if value < 0x10000 else f"\\U{value:08x}"
