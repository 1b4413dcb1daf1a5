#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Style, types, documentation and packaging: everything that needs no test to run.
set -euo pipefail
. tests/tools/lib.sh

lint_venv
link_collection
bin=$BUILD/venv/lint/bin
copy=$BUILD/lint/$COLLECTION
"$(python)" tools/stage.py "$copy" >/dev/null
export PATH=$bin:$PATH ANSIBLE_COLLECTIONS_PATH=$BUILD/lint ANSIBLE_HOME=$BUILD/lint/home

in_copy() { (cd "$copy" && "$@"); }

types() {
    MYPYPATH=$BUILD/dev mypy --cache-dir "$BUILD/mypy" -p ansible_collections.fleetports.compliance.plugins &&
        MYPYPATH=tools:tools/release:tests/tools mypy --cache-dir "$BUILD/mypy" tools/*.py tools/release/*.py tests/tools/*.py
}

scripts() {
    git ls-files -co --exclude-standard -- '*.sh' .ci/run | xargs shellcheck --external-sources
}

package() {
    rm -rf "$BUILD/dist"
    ansible-galaxy collection build "$copy" --output-path "$BUILD/dist"
}

# The importer says "completed successfully" even when a step failed: its log is what counts.
importer() {
    local log=$BUILD/lint/importer.log
    export GALAXY_IMPORTER_CONFIG=$BUILD/lint/importer.cfg
    printf '[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nOFFLINE_ANSIBLE_LINT = True\n' >"$GALAXY_IMPORTER_CONFIG"
    (cd "$BUILD/lint" && python3 -m galaxy_importer.main "$BUILD"/dist/*.tar.gz) >"$log" 2>&1 || { cat "$log"; return 1; }
    if grep -E '^(ERROR|WARNING|CRITICAL)|Traceback' "$log" || ! grep -q 'Importer processing completed successfully' "$log"; then
        cat "$log"
        return 1
    fi
}

# An issue form or an update rule that is wrong is ignored without a word.
forms() {
    check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml &&
        check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[0-9]*.yml &&
        check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
}

release() {
    rm -rf "$BUILD/release"
    RELEASE_VENV=$BUILD/venv/lint tools/release/build.sh "$BUILD/release"
}

execution_environment() {
    ansible-builder introspect "$BUILD/lint" >"$BUILD/lint/introspect.yml" && grep -q jsonschema "$BUILD/lint/introspect.yml" &&
        ansible-builder create --file docs/examples/execution-environment.yml --context "$BUILD/lint/context" &&
        grep -q fleetports.compliance "$BUILD/lint/context/_build/requirements.yml"
}

check "ruff check" ruff check --no-cache .
check "ruff format" ruff format --no-cache --check .
check "mypy, strict, on plugins and tools" types
check "shellcheck" scripts
check "proselint" proselint check README.md CONTRIBUTING.md SECURITY.md docs
check "reuse lint" reuse lint --quiet
check "actionlint" in_copy actionlint
check "zizmor" zizmor --offline --no-progress --persona pedantic .github
check "issue forms and dependabot.yml" forms
check "yamllint" in_copy yamllint --strict .
check "ansible-lint, production profile" in_copy ansible-lint --offline --strict
check "antsibull-docs lint-collection-docs" in_copy antsibull-docs lint-collection-docs --plugin-docs .
check "antsibull-changelog lint" in_copy antsibull-changelog lint
check "ansible-galaxy collection build" package
check "galaxy-importer" importer
check "release: archive and bill of materials" release
check "ansible-builder introspect and create" execution_environment
all_ok
