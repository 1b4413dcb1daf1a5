# shellcheck shell=bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shared by the suites in tests/tools/suites, which run from the top of the project with RESULTS set to the folder that
# their results go to: JUnit files, checks.tsv, and not-run.txt where the machine lacks something.

BUILD=$PWD/.build
COLLECTION=ansible_collections/fleetports/compliance

# What stays out of the built collection is held to the rules of make lint alone, not to those of ansible-test sanity.
# shellcheck disable=SC2034 # for those who source this
NOT_SHIPPED=(--exclude .github/ --exclude tests/bench/ --exclude tests/browser/ --exclude tests/fleet/ --exclude tests/formats/
    --exclude tests/hosts/ --exclude tests/scenes/ --exclude tests/tools/ --exclude tools/)

# The whole machinery says "could not run" with this exit code, as automake's test driver does.
readonly NOT_RUN=77

# cannot_run WHY COMMAND: end this suite, because the machine lacks something that COMMAND brings.
cannot_run() {
    printf '%s\n%s\n' "$1" "$2" >"$RESULTS/not-run.txt"
    exit "$NOT_RUN"
}

# check NAME COMMAND...: run one check, show what it says only if it fails, and record it.
check() {
    local name=$1 log status=ok begun=$SECONDS
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        status=FAILED
        cat "$log"
    fi
    rm -f "$log"
    printf '%-6s  %s (%s s)\n' "$status" "$name" $((SECONDS - begun))
    printf '%s\t%s\n' "$status" "$name" >>"$RESULTS/checks.tsv"
}

# The exit code of a suite made of checks.
all_ok() {
    ! grep -q '^FAILED' "$RESULTS/checks.tsv"
}

# The Python that the project's own tools run with.
python() {
    tools/find_python.sh
}

# The project under its full name, for tools that look for collections: a link to the living tree.
link_collection() {
    mkdir -p "$BUILD/dev/${COLLECTION%/*}"
    [ -L "$BUILD/dev/$COLLECTION" ] || ln -sfn ../../../.. "$BUILD/dev/$COLLECTION"
}

# lint_venv: the environment of the linters.
lint_venv() {
    tools/make_venv.sh "$BUILD/venv/lint" "$(python)" "the linters" requirements/lint.txt || exit 1
}

# core_venv oldest|newest: the environment of the tests with that ansible-core; sets VENV.
core_venv() {
    local name path requirement
    bash tests/tools/pythons.sh "$BUILD/pythons"
    while read -r name path requirement; do
        if [ "$name" = "$1" ]; then
            VENV=$BUILD/venv/$name
            tools/make_venv.sh "$VENV" "$path" "the tests with $requirement" requirements/test.txt "$requirement" || exit 1
            return
        fi
    done < <("$(python)" tests/tools/cores.py "$BUILD/pythons")
    exit 1
}

# ansible_test oldest|newest COMMAND...: run ansible-test on a copy of the project, in a home of its own.
ansible_test() {
    local name=$1 copy home=$BUILD/home
    shift
    copy=$BUILD/$name/$COLLECTION
    "$(python)" tools/stage.py "$copy" >/dev/null || return 1
    mkdir -p "$home/.config" "$home/.cache"
    # Where pip's own settings and cache are part of how this machine reaches a package index.
    ln -sfn "${XDG_CONFIG_HOME:-$HOME/.config}/pip" "$home/.config/pip"
    ln -sfn "${XDG_CACHE_HOME:-$HOME/.cache}/pip" "$home/.cache/pip"
    "$VENV/bin/python" tests/tools/seed_get_pip.py "$home" || return 1
    rm -rf "$copy/tests/output/junit"
    (cd "$copy" && HOME=$home PATH=$BUILD/pythons:$VENV/bin:$PATH "$VENV/bin/ansible-test" "$@")
}

# keep_junit oldest|newest: take over what ansible-test wrote.
keep_junit() {
    local file
    for file in "$BUILD/$1/$COLLECTION"/tests/output/junit/*.xml; do
        [ -f "$file" ] && cp "$file" "$RESULTS/$1-$(basename "$file")"
    done
    return 0
}

# need_root WHAT TARGET: end the suite unless root runs it.
need_root() {
    [ "$(id -u)" -eq 0 ] || cannot_run "$1 need root" "sudo make $2"
}

# need_packages FILE TARGET: have the Debian packages that FILE names, or end the suite.
need_packages() {
    local missing
    missing=$(tests/tools/packages.sh missing "$1") && [ -z "$missing" ] && return
    if tests/tools/packages.sh may-install; then
        tests/tools/packages.sh install "$1" && return
        cannot_run "apt-get could not install: $missing" "make system"
    fi
    cannot_run "the machine lacks the Debian packages $missing" "$([ "$(id -u)" -eq 0 ] || echo 'sudo ')make system"
}
