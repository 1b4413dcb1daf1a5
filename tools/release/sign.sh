#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: SIGNING_KEY=… [SIGNING_PASSPHRASE=…] sign.sh ARCHIVE
# Signs the MANIFEST.json of a built collection, as ansible-galaxy verifies it: a detached signature, which goes beside
# the archive (ARCHIVE without .tar.gz, and .MANIFEST.json.asc). SIGNING_KEY is the secret key, armored. It is kept in a
# folder that is removed at the end.
set -euo pipefail

archive=$(realpath -- "$1") # tar takes the colon of a bare name for that of another machine
signature=${archive%.tar.gz}.MANIFEST.json.asc
if [ -z "${SIGNING_KEY:-}" ]; then
    echo "SIGNING_KEY is empty: it has to hold the secret key that signs releases, as gpg --export-secret-keys --armor writes it." >&2
    exit 1
fi

work=$(mktemp -d)
export GNUPGHOME=$work/gnupg
trap 'gpgconf --kill all; rm -rf "$work"' EXIT
mkdir -m 0700 "$GNUPGHOME"

gpg --batch --quiet --import <<<"$SIGNING_KEY"
tar -xzf "$archive" --directory "$work" MANIFEST.json
gpg --batch --quiet --yes --pinentry-mode loopback --passphrase-fd 0 --armor --detach-sign \
    --output "$signature" "$work/MANIFEST.json" <<<"${SIGNING_PASSPHRASE:-}"
echo "$signature"
