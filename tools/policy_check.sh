#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# policy_check.sh [--strict] [--together] POLICY...: check policies from a checkout that is not installed as a collection.
# Each file is a policy; --together: they are the layers of one. This is what .pre-commit-hooks.yaml runs.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
strictness=basic
together=no
while [ $# -gt 0 ]; do
    case $1 in
    --strict) strictness=strict ;;
    --together) together=yes ;;
    *) break ;;
    esac
    shift
done

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/ansible_collections/fleetports"
ln -s "$home" "$place/ansible_collections/fleetports/compliance"
export ANSIBLE_COLLECTIONS_PATH=$place ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false

# A path may hold anything: JSON, so that Ansible reads no more into it.
check() {
    python3 -c 'import json, sys; print(json.dumps({"port_audit_strictness": sys.argv[1], "port_audit_policies": sys.argv[2:]}))' "$strictness" "$@" >"$place/vars.json"
    ansible-playbook -i localhost, fleetports.compliance.policy_check -e "@$place/vars.json"
}

status=0
if [ "$together" = yes ]; then
    check "$@" || status=1
else
    for policy in "$@"; do
        check "$policy" || status=1
    done
fi
exit "$status"
