# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything here runs from a fresh clone; what it makes lands in .venv, .build and port-audit.

.DEFAULT_GOAL := help
export ARGS BECOME GATE INVENTORY LIMIT OUTPUT POLICY PYTHON SNAPSHOT

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: audit
audit: ## Audit this machine, or a fleet: INVENTORY= POLICY= LIMIT= OUTPUT= GATE=1 BECOME=1 ARGS=
	@tools/audit.sh

.PHONY: test
test: ## Set up what tests need and run all of them
	@tests/tools/test.sh

.PHONY: lint unit docs units integration formats fleet scenes browser sanity
lint: ## Style, types, packaging: ruff, mypy, ansible-lint, galaxy-importer and their like
unit: ## Unit tests by pytest, with coverage
docs: ## What the documentation says against what the collection does
units: ## ansible-test units, on the oldest and newest ansible-core that run here
integration: ## ansible-test integration, the same
formats: ## Every report format, by the programs that will read it
fleet: ## A fleet of network namespaces over SSH (needs root)
scenes: ## The collector in real situations of this kernel (needs root)
browser: ## The HTML report in Chromium
sanity: ## ansible-test sanity
lint unit docs units integration formats fleet scenes browser sanity:
	@tests/tools/test.sh $@

.PHONY: system
system: ## Install the Debian packages that tests and benchmarks use (needs root)
	@tests/tools/packages.sh install requirements/apt-*.txt

.PHONY: bench
bench: ## Measure against other tools, side by side
	@tests/tools/bench.sh

.PHONY: fuzz
fuzz: ## Give every parser inputs that nobody would write: ARGS="--seconds 600 --target nft --seed 1"
	@tests/tools/fuzz.sh

.PHONY: registry
registry: ## Rebuild the bundled port registry from IANA's file: CSV=… SNAPSHOT=YYYY-MM
	@tools/registry.sh "$(CSV)"

.PHONY: clean
clean: ## Remove what the commands above made, reports too
	@rm -rf .venv .build port-audit
