# Everything a newcomer does, in one word each. Set-up happens by itself, once: what is up to date is not done again.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
ARGS ?=

# npm and the scripts find node, and each other, here.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export npm_config_update_notifier := false

python := .venv/.set-up
pages := dashboards/dist/wall.html
page_tools := dashboards/node_modules/.package-lock.json
peers := tests/peers/node_modules/.package-lock.json
panel := tests/peers/osdp/.venv/.set-up
home_assistant := tests/peers/homeassistant/.venv/.set-up
page_sources := $(shell find dashboards \( -name node_modules -o -name dist \) -prune \
	-o -type f ! -name '*.tsbuildinfo' -print)

.PHONY: help demo test test-lengthy check bench format generate screenshots lock system-packages clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(python) $(pages) ## Bring up a living sample community; options in ARGS="--port 9000"
	@exec .venv/bin/hemei demo $(ARGS)

test: system-packages $(python) $(pages) $(peers) $(panel) $(home_assistant) ## Check and test everything; some tests: ARGS="tests/contract -k topics"
	@scripts/run-tests $(ARGS)

test-lengthy: system-packages $(python) $(pages) ## Test what takes as long as it says: a demo day, a bundle of a million events, ten minutes without the police's library
	@.venv/bin/python -m pytest -s tests/lengthy $(ARGS)

check: $(python) $(page_tools) ## Style, types, import rules and generated files, without the tests
	@scripts/run-checks

bench: $(python) $(pages) ## Measure the whole path; options in ARGS="--rate 10000 --qos 1"
	@exec .venv/bin/hemei bench ingest $(ARGS)

format: $(python) ## Write the code in the one style
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

generate: $(python) ## Write again what is made from the code
	@.venv/bin/python scripts/generate.py

screenshots: system-packages $(python) $(pages) ## Take pictures of every page; some: ARGS="--page wall --language en"
	@PYTHONPATH=. .venv/bin/python scripts/screenshots.py $(ARGS)

lock: $(python) ## Resolve the pinned versions after a change of pyproject.toml
	@scripts/lock

system-packages: ## Install the Debian packages that the tests talk to, if this account may
	@scripts/system-packages

clean: ## Remove everything that make has made
	rm -rf .venv .cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist
	rm -rf screenshots dashboards/dist dashboards/node_modules tests/peers/node_modules tests/peers/*/.venv
	find . -name __pycache__ -prune -exec rm -rf {} +

$(python): requirements.lock requirements-build.lock pyproject.toml scripts/set-up-python
	@PYTHON="$(PYTHON)" scripts/set-up-python
	@touch $@

$(page_tools): dashboards/package.json dashboards/package-lock.json | $(python)
	@echo "→ the pages' tools (npm)"
	@cd dashboards && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(pages): $(page_sources) $(page_tools)
	@echo "→ the pages"
	@cd dashboards && npm run --silent build -- --logLevel warn
	@touch $@

$(peers): tests/peers/package.json tests/peers/package-lock.json | $(python)
	@echo "→ the tests' peers (npm)"
	@cd tests/peers && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# In an environment of its own: it has the import name of libosdp, which is ours.
$(panel): tests/peers/osdp/requirements.lock | $(python)
	@echo "→ the tests' other OSDP control panel (uv)"
	@rm -rf $(@D) && uv venv --quiet $(@D)
	@VIRTUAL_ENV=$(@D) uv pip sync --quiet --require-hashes $<
	@touch $@

# In an environment of its own: it pins half of what we use to versions of its year.
$(home_assistant): tests/peers/homeassistant/requirements.lock | $(python)
	@echo "→ the tests' Home Assistant (uv)"
	@rm -rf $(@D) && uv venv --quiet $(@D)
	@VIRTUAL_ENV=$(@D) uv pip sync --quiet --require-hashes $<
	@touch $@
