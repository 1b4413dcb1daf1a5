#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The HTML report in Debian's Chromium, headless.
set -euo pipefail
. tests/tools/lib.sh

need_packages requirements/apt-browser.txt browser

core_venv newest
"$VENV/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -r requirements/browser.txt
link_collection
"$VENV/bin/python" -m pytest --junitxml "$RESULTS/browser.xml" tests/browser
