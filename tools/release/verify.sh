#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: verify.sh ARCHIVE [PUBLIC_KEY]
# Installs a signed archive to a folder that is removed afterwards, and verifies it as a user does: by the signature that
# sign.sh wrote, with PUBLIC_KEY (tools/release/signing-key.asc) alone in the keyring.
set -euo pipefail
archive=$(realpath "$1")
key=$(realpath "${2:-$(dirname "$0")/signing-key.asc}")
cd "$(dirname "$0")/../.."

. tools/release/lib.sh
release_venv
mkdir -m 0700 "$work/gnupg"
export GNUPGHOME=$work/gnupg
gpg --batch --quiet --no-default-keyring --keyring "$work/keyring.kbx" --import "$key"

# In two steps: with a keyring, ansible-galaxy breaks off while it installs an archive from a file
# (https://github.com/ansible/ansible/issues/81597). From a server it verifies before it installs.
galaxy install "$archive" --collections-path "$work/collections" --no-deps --offline
name=$(tar -xzOf "$archive" MANIFEST.json | "$release/bin/python" -c \
    'import json, sys; about = json.load(sys.stdin)["collection_info"]; print(about["namespace"] + "." + about["name"])')
galaxy verify "$name" --offline --signature "file://${archive%.tar.gz}.MANIFEST.json.asc" \
    --keyring "$work/keyring.kbx" --required-valid-signature-count +1 --collections-path "$work/collections"
