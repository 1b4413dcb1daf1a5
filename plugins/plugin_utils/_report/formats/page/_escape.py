# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Escapes for the prose formats. Every value a template prints passes one of them; no template has to remember it."""

from __future__ import annotations

import re
import typing as t

from markupsafe import Markup

from ...._common._printable import printable
from ...._policy._policy_model import SourcePlace

# What platforms make of plain words: mentions, addresses, and references to issues, requests, epics and milestones.
# Neither a backslash nor an entity stops them (GitHub and GitLab look for these in the page that was made of the
# Markdown, where both are gone), and no browser shows what one may put in between; code they leave alone.
_CALLS = (
    r"(?P<call>@(?=\w)|[#!&](?=\d)|(?<!\w)%(?=[\w\"])|(?<=GH)-(?=\d)"
    r"|(?<=mailto):|(?<=xmpp):)"
)
# These are made links of where the Markdown is read, and an entity stops that.
_ADDRESSES = r"(?P<address>(?<=\w):(?=//)|(?<=www)\.)"
_PLAIN_SCHEME = re.compile(r"(?:https?|ftp)$", re.IGNORECASE)
# HTML; what opens something in CommonMark or in GitHub's tables, maths and strike-through.
_SIGNS = r"(?P<html>[&<>])|(?P<sign>[\\`*_\[\]|~#!$^@])"
_MARKDOWN = re.compile(f"{_CALLS}|{_ADDRESSES}|{_SIGNS}", re.IGNORECASE)
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)([.)])(?=\s|$))")


def _text(value: t.Any) -> t.Any:
    """A place as the text that people know."""
    return str(value) if isinstance(value, SourcePlace) else value


def for_html(value: t.Any) -> t.Any:
    """Text made printable; Jinja's autoescape does the rest. Markup is passed on."""
    value = _text(value)
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def for_markdown(value: t.Any) -> t.Any:
    """Text on one line that no Markdown reader takes for markup, link, mention or HTML. Markup is passed on."""
    value = _text(value)
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = printable(value).lstrip(" ")  # four spaces make code, and a list may have some in front of it
    return Markup(_LINE_START.sub(_line_start, _MARKDOWN.sub(_escape, text)))  # escaped here


def _escape(match: re.Match[str]) -> str:
    if match["call"]:
        return f"`{match[0]}`"
    if match["address"]:
        return _address(match)
    return _HTML[match[0]] if match["html"] else f"\\{match[0]}"


def _address(match: re.Match[str]) -> str:
    """GitLab looks in the page for addresses with other schemes."""
    if match[0] == "." or _PLAIN_SCHEME.search(match.string, max(0, match.start() - 5), match.start()):
        return f"&#{ord(match[0])};"
    return f"`{match[0]}`"


def _line_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"
