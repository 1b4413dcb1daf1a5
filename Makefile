# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every target runs from a fresh clone. Targets write to .venv, .build and port-audit.

.DEFAULT_GOAL := help
export ARGS BECOME GATE INVENTORY LIMIT OUTPUT POLICY PYTHON SNAPSHOT

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: audit
audit: ## Audit this machine or a fleet: INVENTORY= POLICY= LIMIT= OUTPUT= GATE=1 BECOME=1 ARGS=
	@tools/audit.sh

.PHONY: test
test: ## Set up the environments of the tests and run all tests
	@tests/tools/test.sh

.PHONY: lint unit docs units integration formats fleet scenes browser sanity hosts
lint: ## Check style, types, prose, licences and packaging
unit: ## Run the unit tests with coverage
docs: ## Check the documentation against the code
units: ## Run ansible-test units, with every Python that is found
integration: ## Run ansible-test integration on the same two
formats: ## Check every report format with the programs that read it
fleet: ## Audit a fleet of network namespaces over SSH (needs root)
scenes: ## Run the collector in real situations of this kernel (needs root)
browser: ## Test the HTML report in Chromium
sanity: ## Run ansible-test sanity on the same two
hosts: ## Audit whole emulated machines over SSH (needs root)
lint unit docs units integration formats fleet scenes browser sanity hosts:
	@tests/tools/test.sh $@

.PHONY: system
system: ## Install the Debian packages of tests and benchmarks (needs root)
	@tests/tools/packages.sh install requirements/apt-*.txt

.PHONY: bench
bench: ## Measure the collection beside other tools
	@tests/tools/bench.sh

.PHONY: fuzz
fuzz: ## Fuzz every parser: ARGS="--seconds 600 --target nft --seed 1"
	@tests/tools/fuzz.sh

.PHONY: lock
lock: ## Renew requirements/*.lock: versions and digests of what a release is made with
	@tools/lock.sh

.PHONY: registry
registry: ## Rebuild the bundled port registry from IANA's file: CSV=… SNAPSHOT=YYYY-MM
	@tools/registry.sh "$(CSV)"

.PHONY: clean
clean: ## Remove everything that these targets made, reports too
	@rm -rf .venv .build port-audit
