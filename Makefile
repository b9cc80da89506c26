# Two commands for a newcomer: `make demo` shows okbadges, `make test` proves it. `make` alone lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# What to hand on to the program: make test ARGS="-k status_list", make demo ARGS="--port 8001".
ARGS ?=
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# How long `make fuzz` takes, all its targets together.
SECONDS ?= 60
# How often `make crash` kills the server on each database.
KILLS ?= 100

.PHONY: help demo test test-all check fuzz openapi crash sabotage mutate restore-drill bench bench-check bench-attacks bench-pages bench-peers bench-growth bench-scaling screenshots audit interop chromium softhsm nginx

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/installed ## install what is needed and show a demo on http://localhost:8000
	$(BIN)/okbadges demo $(ARGS)

# Many tests start programs of ours: what was compiled once is kept, whatever the environment says.
test test-all: export PYTHONDONTWRITEBYTECODE :=
# SQLite waits for the disk at every commit, as it must; in memory that takes no time. Where there is little of it, the disk will do.
test test-all: export PYTEST_DEBUG_TEMPROOT ?= $(shell (( $$(df --output=avail /dev/shm | tail -n 1) > 2000000 )) 2>/dev/null && echo /dev/shm)
test: .venv/installed-dev ## prove it within ten minutes with nothing but Python: rules, API, pages, guarantees, on SQLite
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not (postgres or browser or node or softhsm or long)" $(ARGS)

test-all: .venv/installed-dev chromium softhsm nginx interop ## run every test: also on PostgreSQL, in a browser, with other people's verifiers (half an hour)
	$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

check: .venv/installed-dev ## lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: .venv/installed-dev ## give every parser of untrusted input strange input, for SECONDS=60 together
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS) $(ARGS)

crash: .venv/installed-dev ## kill the server KILLS=100 times on each database while 16 clients issue, and see that no promise broke
	$(BIN)/python tests/crash/run.py --kills $(KILLS) $(ARGS)

openapi: .venv/installed-dev ## call every operation as described and otherwise, and see that the OpenAPI document tells the truth (minutes)
	$(BIN)/python tests/described/run.py $(ARGS)

sabotage: .venv/installed-dev ## break the issuing path in eight ways and see that the tests of the invariants notice each
	$(BIN)/python tests/sabotage/run.py $(ARGS)

mutate: .venv/installed-dev ## see which small faults in credentials and verification the tests would notice (up to an hour)
	$(BIN)/python tests/mutation/run.py $(ARGS)

restore-drill: .venv/installed-dev ## lose a database of 10 000 badges, restore it, and count what is missing (some minutes)
	$(BIN)/python tests/operations/drill.py $(ARGS)

bench: .venv/installed-dev bench-peers ## measure okbadges beside its peers and keep the figures (half an hour; ARGS="--quick", ARGS="--only sign")
	$(BIN)/python bench/run.py $(ARGS)

bench-check: .venv/installed-dev bench-peers ## measure again; a ratio that fell by more than a fifth since the kept figures is a fault
	$(BIN)/python bench/check.py $(ARGS)

bench-attacks: .venv/installed-dev ## seconds and memory of every case of the attack suite
	$(BIN)/python bench/attacks.py $(ARGS)

bench-pages: .venv/installed-dev chromium ## how soon a slow telephone shows a page
	$(BIN)/python bench/first_view.py $(ARGS)

bench-peers: .venv/installed-dev ## install what okbadges is measured against (needs node and npm for most of it)
	@PYTHON=$(BIN)/python bench/peers/install.sh

bench-growth: .venv/installed-dev ## see what a thousand, a hundred thousand and a million badges cost, on both databases (an hour, 30 GB: ARGS="--into FOLDER")
	$(BIN)/python bench/growth.py $(ARGS)

bench-scaling: .venv/installed-dev nginx ## two processes, a read replica and nginx: what they carry, and when a revocation is seen
	$(BIN)/python bench/scaling.py $(ARGS)

screenshots: .venv/installed-dev chromium ## take pictures of the main pages into screenshots/ (ARGS="--language sv", "--all", or names of pages)
	$(BIN)/python tests/tools/screenshots.py $(ARGS)

audit: .venv/installed-dev ## look the installed packages up in the vulnerability database (needs the internet)
	$(BIN)/pip-audit --local --skip-editable --strict

interop: ## install a copy of the independent verifiers, and axe-core, beside the checkout (needs node and npm)
	@tests/tools/interop.sh

softhsm: ## install Debian's SoftHSM for the tests of keys in a token, where that may be done
	@tests/tools/softhsm.sh

nginx: ## install Debian's nginx for the processes behind it, where that may be done
	@tests/tools/nginx.sh

chromium: ## install Debian's chromium for the browser tests, where that may be done
	@tests/tools/chromium.sh

# The environment is made once; each stamp says what was installed into it and is made anew when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "okbadges needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | $(BIN)/python
	@echo "Installing okbadges into .venv"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing okbadges and the tools of its tests into .venv"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch .venv/installed $@
