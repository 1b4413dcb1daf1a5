# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Escapes for the prose formats. Every value a template prints passes one of them; no template has to remember it."""

from __future__ import annotations

import re
import typing as t

from markupsafe import Markup

from ._text import printable

# What opens something in CommonMark or GitHub's tables, maths and strike-through.
# "&#64;" below holds a "#" that must not be escaped inside its own entity.
_MARKDOWN = re.compile(r"(?<!&)([\\`*_\[\]|~#!$])")
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)([.)])(?=\s|$))")
# As entities: HTML, and what platforms turn into links and mentions.
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "&#64;"), ("://", "&#58;//"), ("www.", "www&#46;"))


def for_html(value: t.Any) -> t.Any:
    """Text made printable; Jinja's autoescape does the rest. Markup is passed on."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def for_markdown(value: t.Any) -> t.Any:
    """Text on one line that no Markdown reader takes for markup, link, mention or HTML. Markup is passed on."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = printable(value)
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    text = _LINE_START.sub(_line_start, _MARKDOWN.sub(r"\\\1", text))
    return Markup(text)


def _line_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"
