# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in Debian's Chromium, and everything on it that should not happen."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
import typing as t

from playwright import sync_api

TEMPLATES = str(pathlib.Path(__file__).parents[2] / "roles" / "port_audit" / "templates")
_BAD = ("error", "warning")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
# Runs before anything of the page: a script that got in would be seen here, and so would what the CSP refused.
WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(event.violatedDirective));
"""


@dataclasses.dataclass
class Watched:
    """A page and everything that happened on it which should not."""

    page: sync_api.Page
    trouble: list[str]

    def violations(self) -> list[str]:
        return list(self.page.evaluate("window.__violations || []"))


Open = t.Callable[..., Watched]


def launch(playwright: sync_api.Playwright) -> sync_api.Browser:
    """Start Chromium as Debian has it; Playwright's own downloads are not needed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    return playwright.chromium.launch(executable_path=path, args=list(_FLAGS))


def watch(watched: Watched) -> None:
    """Note dialogs, errors, what the console says and requests to anywhere but files."""
    page, trouble = watched.page, watched.trouble

    def refuse(dialog: sync_api.Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on(
        "console", lambda said: trouble.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("request", lambda asked: None if asked.url.startswith("file:") else trouble.append(f"request: {asked.url}"))
