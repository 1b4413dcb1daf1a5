# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runbook that is a link: what of a policy may become one in a report."""

from __future__ import annotations

import re
import urllib.parse

_LONGEST = 2000
# Nothing that ends a link in HTML or Markdown, and no letter that looks like another. The name of the host is plain:
# readers of Markdown decode entities and percent signs in what they take for a link.
_LINK = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9._-]*(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&*+,;=%-]*)?", re.IGNORECASE
)
_ENTITY = re.compile(r"&#?[A-Za-z0-9]+;")


def link(runbook: str | None) -> str | None:
    """The runbook if it is the ``http`` or ``https`` URL of a page, else None: it is shown as text.

    A name in front of the host (``https://wiki.example.org@evil.example``) makes a link look like another.
    """
    if not runbook or len(runbook) > _LONGEST or not _LINK.fullmatch(runbook) or _ENTITY.search(runbook):
        return None
    try:
        port = urllib.parse.urlsplit(runbook).port
    except ValueError:
        return None
    return None if port == 0 else runbook
