# shellcheck shell=bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shared by the scripts of a release, which run from the top of the project.

# The environment that a release is made with. RELEASE_VENV names one that is there, as the tests do.
release=${RELEASE_VENV:-$PWD/.build/venv/release}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/ansible.cfg"

# Pinned by digest: what is installed here runs beside the secrets of a release.
release_venv() {
    [ -n "${RELEASE_VENV:-}" ] ||
        tools/make_venv.sh "$release" "$(tools/find_python.sh)" "what makes a release" requirements/release.lock
}

# ansible-galaxy collection, with nothing of the user's own Ansible settings and nothing below their home.
galaxy() {
    ANSIBLE_CONFIG=$work/ansible.cfg ANSIBLE_HOME=$work/home ANSIBLE_COLLECTIONS_PATH=$work/collections \
        "$release/bin/ansible-galaxy" collection "$@"
}
