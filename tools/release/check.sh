#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: check.sh TAG [--branch REF]
# Refuses a tag that is not ready to be released: see tag.py.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tools/release/lib.sh
release_venv
"$release/bin/python" tools/release/tag.py "$@"
