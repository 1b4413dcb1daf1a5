# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Everything here runs from a fresh clone; what it makes lands in .venv, .build and port-audit.

.DEFAULT_GOAL := help
export ARGS BECOME CSV GATE INVENTORY LIMIT OUTPUT POLICY PYTHON

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: audit
audit: ## Audit this machine, or a fleet: INVENTORY= POLICY= LIMIT= OUTPUT= GATE=1 BECOME=1 ARGS=
	@tools/audit.sh
