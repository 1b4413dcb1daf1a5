#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: build.sh DIRECTORY
# Builds the collection from the commit that is checked out: the archive, its bill of materials (CycloneDX), and the
# SHA-256 sums of both go to DIRECTORY, which must not hold an archive yet. Nothing that is not committed gets in.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p "$1"
out=$(cd "$1" && pwd)
shopt -s nullglob # with quotes around a folder, brackets in its name are no pattern
archives=("$out"/*.tar.gz)
if [ "${#archives[@]}" -gt 0 ]; then
    echo "$out holds an archive already: choose another directory, or remove it." >&2
    exit 1
fi

. tools/release/lib.sh
release_venv
tools/make_venv.sh .build/venv/runtime "$(tools/find_python.sh)" "what the collection needs" requirements/runtime.txt

mkdir "$work/source"
git archive HEAD | tar -x --directory "$work/source"
galaxy build "$work/source" --output-path "$out"
archives=("$out"/*.tar.gz)
archive=${archives[0]}

"$release/bin/cyclonedx-py" environment --spec-version 1.6 --output-reproducible --output-format JSON \
    --output-file "$work/environment.json" .build/venv/runtime/bin/python
"$release/bin/python" tools/release/sbom.py "$archive" "$work/environment.json" >"${archive%.tar.gz}.cdx.json"
(cd "$out" && sha256sum -- *.tar.gz *.cdx.json >SHA256SUMS && cat SHA256SUMS)
