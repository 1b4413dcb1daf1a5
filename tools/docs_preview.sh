#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: docs_preview.sh DIRECTORY
# Makes the pages of modules, plugins and the role as HTML, and fails where Sphinx has a warning about them.
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

tools/make_venv.sh .build/venv/lint "$(tools/find_python.sh)" "the linters" requirements/lint.txt
bin=$PWD/.build/venv/lint/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/ansible.cfg"
"$bin/python" tools/stage.py "$work/ansible_collections/fleetports/compliance" >/dev/null
mkdir "$work/pages"
export PATH=$bin:$PATH ANSIBLE_CONFIG=$work/ansible.cfg ANSIBLE_HOME=$work/home ANSIBLE_COLLECTIONS_PATH=$work
antsibull-docs collection --use-current --squash-hierarchy --dest-dir "$work/pages" fleetports.compliance
# Labels of Ansible's own pages lead nowhere here: their list would come from docs.ansible.com.
sphinx-build --quiet --fail-on-warning --keep-going -b html --isolated \
    -D extensions=sphinx_antsibull_ext -D project=fleetports.compliance -D html_copy_source=0 -D suppress_warnings=ref.ref "$work/pages" "$out"
echo "$out/index.html"
