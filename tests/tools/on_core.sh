#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: on_core.sh RELEASE PYTHON sanity|units|integration [ARGUMENT...]
# ansible-test with one release of ansible-core on one Python: on_core.sh 2.19 3.12 units. RELEASE devel is what
# ansible-core's developers have today. ARGUMENT... goes to ansible-test. `make units` and its like choose two of these
# themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

release=$1 python=$2 command=$3
shift 3
case $release in
    devel) requirement=https://github.com/ansible/ansible/archive/devel.tar.gz ;;
    *) requirement="ansible-core~=$release.0" ;;
esac

bash tests/tools/pythons.sh "$BUILD/pythons"
if ! [ -e "$BUILD/pythons/python$python" ]; then
    echo "Python $python was not found on PATH or in pyenv." >&2
    exit 1
fi
name=core-$release-python$python
VENV=$BUILD/venv/$name
tools/make_venv.sh "$VENV" "$BUILD/pythons/python$python" "the tests with ansible-core $release" \
    requirements/test.txt "$requirement"
echo "=== ansible-test $command: $("$VENV/bin/ansible" --version | sed -n 1p)"

case $command in
    sanity) ansible_test "$name" sanity --local --color no "${NOT_SHIPPED[@]}" "$@" ;;
    units) ansible_test "$name" units --venv --color no --python "$python" "$@" ;;
    integration) ansible_test "$name" integration --local --color no "$@" ;;
    *) echo "$command is not one of sanity, units, integration." >&2 && exit 2 ;;
esac
