#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every format of the report, and the schema of policies, judged by the programs that will read them or by their own rules.
set -euo pipefail
. tests/tools/lib.sh

need_packages requirements/apt-formats.txt formats
core_venv newest
"$VENV/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -r requirements/formats.txt
link_collection

# What no package index installs: a schema in a source distribution, a program in an npm package. Unpacked once.
tools=$BUILD/formats
wanted=$(cat requirements/sdist-formats.txt requirements/npm-formats.txt requirements/npm-editors.txt)
if [ "$(cat "$tools/have" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$tools"
    mkdir -p "$tools/sdist" "$tools/npm"
    echo "Fetching the schema of JUnit XML, the validator of SARIF and the language server of YAML"
    "$VENV/bin/python" -m pip download --quiet --no-input --disable-pip-version-check --no-deps \
        --no-binary :all: --dest "$tools" -r requirements/sdist-formats.txt
    tar -xzf "$tools"/*.tar.gz --directory "$tools/sdist" --strip-components 1
    package=$(sed -e '/^#/d' requirements/npm-formats.txt)
    (cd "$tools" && PATH=$PATH:$VENV/bin npm pack --silent "$package" >/dev/null)
    tar -xzf "$tools"/*.tgz --directory "$tools/npm" --strip-components 1
    chmod +x "$tools/npm/Sarif.Multitool"
    rm -f "$tools"/*.tgz "$tools"/*.tar.gz
    mapfile -t packages < <(sed -e '/^#/d' requirements/npm-editors.txt)
    PATH=$PATH:$VENV/bin npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools/editors" "${packages[@]}" >/dev/null
    printf '%s\n' "$wanted" >"$tools/have"
fi

PATH=$VENV/bin:$PATH "$VENV/bin/python" -m pytest --junitxml "$RESULTS/formats.xml" tests/formats
