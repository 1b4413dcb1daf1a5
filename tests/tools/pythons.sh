#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: pythons.sh DIRECTORY
# Fills DIRECTORY with one link for each Python 3.8 or newer that this machine can run (python3.8, python3.9 …), so that
# ansible-test finds them when it comes first on PATH. A version manager's stubs on PATH exist for versions that they
# refuse to run, and ansible-test drops the variable that would choose one: the real binaries are what counts.
set -euo pipefail

directory=$1
mkdir -p "$directory"

for minor in 8 9 10 11 12 13 14; do
    # Another suite may use the links that are there.
    if "$directory/python3.$minor" -c 'import ensurepip' 2>/dev/null; then continue; fi
    rm -f "$directory/python3.$minor"
    for candidate in $(type -aP "python3.$minor" || true) \
        "$(pyenv root 2>/dev/null || true)"/versions/3."$minor".*/bin/python3."$minor"; do
        # sys.executable: the program behind the stub. Without ensurepip no virtual environment can be made.
        if real=$("$candidate" -c 'import ensurepip, sys; print(sys.executable)' 2>/dev/null); then
            ln -s "$real" "$directory/python3.$minor"
            break
        fi
    done
done
