# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a real browser: Debian's Chromium, driven by Playwright.

Needs ``chromium`` on the PATH; the rules of axe-core say whether a page can be read by everybody.
``REPORT_HTML`` names a report to look at instead of the sample: the checks in test_any_report.py hold for every one.
"""

from __future__ import annotations

import collections.abc
import importlib.resources
import os
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import render
from ansible_collections.fleetports.compliance.tests.browser import large
from ansible_collections.fleetports.compliance.tests.browser.watched import (
    TEMPLATES,
    WATCH,
    Open,
    Watched,
    launch,
    watch,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from playwright import sync_api

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The sample fleet's report as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(sample.model(), format="html", template_dirs=[TEMPLATES]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The report of 10,000 hosts with 40 listeners each as a file."""
    path = tmp_path_factory.mktemp("large") / "report.html"
    text = render(large.model(hosts=10_000, listeners=40), format="html", template_dirs=[TEMPLATES])
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def any_file(sample_file: pathlib.Path) -> pathlib.Path:
    """The report that REPORT_HTML names, else the sample's."""
    named = os.environ.get("REPORT_HTML")
    return pathlib.Path(named).resolve() if named else sample_file


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core, as the package axe-playwright-python carries it: no npm is needed."""
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> collections.abc.Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: sync_api.Browser) -> collections.abc.Iterator[Open]:
    """Opens a file: ``open_page(path, width=1280, scheme="light", scripts=True)``."""
    contexts = []

    def open_it(path: pathlib.Path, *, width: int = 1280, scheme: t.Any = "light", scripts: bool = True) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        watched = Watched(context.new_page(), [])
        watch(watched)
        watched.page.goto(path.as_uri())
        return watched

    yield open_it
    for context in contexts:
        context.close()
