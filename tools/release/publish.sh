#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: GALAXY_TOKEN=… [GALAXY_SERVER=URL] publish.sh ARCHIVE
# Publishes a built collection to Galaxy and waits until it is imported. The token is in no command line, so that no
# other user of the machine and no log sees it.
set -euo pipefail
archive=$(realpath "$1")
cd "$(dirname "$0")/../.."

if [ -z "${GALAXY_TOKEN:-}" ]; then
    echo "GALAXY_TOKEN is empty: it has to hold the token of the namespace, from https://galaxy.ansible.com/ui/token." >&2
    exit 1
fi
. tools/release/lib.sh
release_venv
export ANSIBLE_GALAXY_SERVER_LIST=release
export ANSIBLE_GALAXY_SERVER_RELEASE_URL=${GALAXY_SERVER:-https://galaxy.ansible.com/}
export ANSIBLE_GALAXY_SERVER_RELEASE_TOKEN=$GALAXY_TOKEN
galaxy publish "$archive" --import-timeout 900
