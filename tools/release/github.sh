#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: github.sh TAG DIRECTORY
# Makes the release on GitHub from a tag that is there, with what the changelog says and every file of DIRECTORY.
# Needs gh, GitHub's own client, and its GH_TOKEN.
set -euo pipefail

tag=$1 directory=$2
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
python3 "$(dirname "$0")/notes.py" "$tag" >"$notes"
options=()
# Semantic versioning: what has a hyphen comes before a release.
case $tag in *-*) options+=(--prerelease) ;; esac
gh release create "$tag" --verify-tag --title "fleetports.compliance $tag" --notes-file "$notes" "${options[@]}" "$directory"/*
