#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the path of a Python that can make the private environments: 3.11 or newer, with venv and ensurepip.
# Where there is none it says what is missing and the one command that installs it, and exits 1.
# PYTHON=/path/to/python chooses one by hand.
set -uo pipefail

readonly MINIMUM=3.11
readonly PROBE='
import sys
if sys.version_info < (3, 11):
    sys.exit(3)
try:
    import venv, ensurepip
except ImportError:
    sys.exit(4)
'
too_old=""      # the first interpreter seen that is older than MINIMUM
lacks_venv=""   # the first one that is new enough, but whose distribution split venv off

# The command as the reader has to type it: with sudo only where that is needed, with a fresh package list only
# where none was ever fetched (container images ship without).
install_command() {
    local sudo="" update="" lists=${APT_LISTS:-/var/lib/apt/lists}
    [ "$(id -u)" -eq 0 ] || sudo="sudo "
    if command -v apt-get >/dev/null; then
        compgen -G "$lists/*_Packages*" >/dev/null || update="${sudo}apt-get update && "
        echo "${update}${sudo}apt-get install -y $*"
    elif command -v dnf >/dev/null; then
        # Fedora and its kin keep venv inside the interpreter's own package.
        echo "${sudo}dnf install -y $(printf '%s\n' "${@%-venv}" | sort -u | tail -n 1)"
    else
        return 1
    fi
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# The program itself: a version manager's stub runs another one in another folder.
real_path() {
    "$1" -c 'import sys; print(sys.executable)'
}

probe() {
    local status
    "$1" -c "$PROBE" >/dev/null 2>&1
    status=$?
    case $status in
        3) [ -n "$too_old" ] || too_old=$1 ;;
        4) [ -n "$lacks_venv" ] || lacks_venv=$1 ;;
    esac
    return "$status"
}

candidates() {
    local minor path root
    command -v python3
    for minor in 14 13 12 11; do
        type -aP "python3.$minor"
    done
    # Version managers put stubs on PATH that fail unless a version was chosen: look at what they hold.
    if root=$(pyenv root 2>/dev/null); then
        for path in "$root"/versions/3.*/bin/python3; do
            [ -x "$path" ] && echo "$path"
        done | sort -rV
    fi
}

# The newest interpreter that apt could install here, if any is new enough.
newest_packaged() {
    apt-cache pkgnames python3. 2>/dev/null | grep -Ex 'python3\.[0-9]+' | sort -V | tail -n 1
}

missing_venv_package() {
    local version
    version=$(version_of "$1")
    # The plain package follows the system's own python3; any other interpreter has one of its own.
    if [ "$version" = "$(version_of "${SYSTEM_PYTHON:-/usr/bin/python3}")" ]; then
        echo python3-venv
    else
        echo "python$version-venv"
    fi
}

explain() {
    local command packaged
    if [ -n "$lacks_venv" ]; then
        echo "$lacks_venv is Python $(version_of "$lacks_venv"), but its venv module is not installed. Install it with:"
        install_command "$(missing_venv_package "$lacks_venv")" || echo "the venv package of your distribution"
        return
    fi
    if [ -n "$too_old" ]; then
        echo "$too_old is Python $(version_of "$too_old"); version $MINIMUM or newer is needed."
        packaged=$(newest_packaged)
        if [ -z "$packaged" ] || [ "${packaged#python3.}" -lt "${MINIMUM#3.}" ]; then
            echo "This system's package lists offer no newer one. With one from elsewhere: make PYTHON=/path/to/python3 …"
            return
        fi
        command=$(install_command "$packaged" "$packaged-venv")
    else
        echo "No Python 3 was found; version $MINIMUM or newer is needed."
        command=$(install_command python3 python3-venv)
    fi
    if [ -n "$command" ]; then
        printf 'Install it with:\n%s\n' "$command"
    fi
}

if [ -n "${PYTHON:-}" ]; then
    if path=$(command -v "$PYTHON") && probe "$path"; then
        real_path "$path"
        exit 0
    fi
    if [ -z "$too_old$lacks_venv" ]; then
        echo "PYTHON=$PYTHON is not a Python that runs." >&2
        exit 1
    fi
else
    while read -r path; do
        if probe "$path"; then
            real_path "$path"
            exit 0
        fi
    done < <(candidates)
fi
explain >&2
exit 1
