#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: installed.sh SOURCE [ANSIBLE_CORE]
# Installs the collection as somebody does who has nothing of this project, and audits this machine with it. SOURCE is
# what `ansible-galaxy collection install` takes: a name with a version, an archive, or git+URL,TAG. ANSIBLE_CORE is what
# pip is asked for. Nothing of the checkout is used but this script; what it makes is in a folder that is removed.
set -euo pipefail

source=$1
if [ -f "$source" ]; then source=$(realpath "$source"); fi
find_python=$(cd "$(dirname "$0")/.." && pwd)/find_python.sh
python=$("$find_python")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
: >ansible.cfg
export ANSIBLE_CONFIG=$work/ansible.cfg ANSIBLE_HOME=$work/home ANSIBLE_COLLECTIONS_PATH=$work/collections NO_COLOR=1
export ANSIBLE_NOCOLOR=1 PATH=$work/venv/bin:$PATH

"$python" -m venv venv
python -m pip install --quiet --no-input --disable-pip-version-check "${2:-ansible-core}" 'jsonschema>=4.18'
ansible --version | sed -n 1p
ansible-galaxy collection install "$source"
ansible-galaxy collection list fleetports.compliance

ansible-playbook fleetports.compliance.audit -i localhost, -c local
cd port-audit/latest
sha256sum --check --quiet SHA256SUMS
test -s report.html
python -c 'import json; report = json.load(open("report.json")); print(len(report["hosts"]), "host audited")'
