# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make docs/images/report.png, the picture in the README: the top of the sample fleet's report.

``PYTHONPATH=<folder of ansible_collections> python tests/browser/picture.py``. Needs chromium, Debian's fonts-inter and
fonts-noto-mono (for looks that do not depend on the machine) and pngquant (a fifth of the size).
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import tempfile

from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import render
from ansible_collections.fleetports.compliance.tests.browser.watched import TEMPLATES, launch
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from playwright import sync_api

ROOT = pathlib.Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "report.png"
SIZE = sync_api.ViewportSize(width=1200, height=1385)


def main() -> None:
    """Render, open, take the picture, shrink it."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "report.html"
        page.write_text(render(sample.model(), format="html", template_dirs=[TEMPLATES]), encoding="utf-8")
        _photograph(page)
    pngquant = shutil.which("pngquant") or "pngquant"
    command = [pngquant, "--force", "--strip", "--quality=70-95", "--output", str(PICTURE), str(PICTURE)]
    subprocess.run(command, check=True)


def _photograph(page: pathlib.Path) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_page(viewport=SIZE, device_scale_factor=1.5, color_scheme="light")
        tab.goto(page.as_uri())
        tab.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
