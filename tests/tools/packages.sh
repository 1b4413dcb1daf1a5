#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: packages.sh missing|install FILE...    the Debian packages that FILE... name, one a line
#        packages.sh may-install                whether `make test` may install them without being told to
#
# Installing a server package starts the server where systemd runs. A machine without systemd (a container, a CI
# runner's image) starts nothing, and in CI nobody minds: there root installs what is missing. Everywhere else
# `make test` only names `make system`, which is the same installation, asked for.
set -euo pipefail

packages() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$@" | sort -u
}

missing() {
    local package
    packages "$@" | while read -r package; do
        dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done | paste -s -d ' '
}

may_install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && { [ "${CI:-}" = true ] || ! [ -d /run/systemd/system ]; }
}

install() {
    local wanted
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    echo "Installing Debian packages: $wanted"
    export DEBIAN_FRONTEND=noninteractive
    # Two suites may install at the same time, and the lists have a lock that waits for nobody.
    exec 9>/var/lock/fleetports-packages
    flock 9
    apt-get -qq update
    # shellcheck disable=SC2086 # one word for each package
    apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends $wanted >/dev/null
}

command=$1
shift
case $command in
    missing) missing "$@" ;;
    install) install "$@" ;;
    may-install) may_install ;;
    *) exit 2 ;;
esac
