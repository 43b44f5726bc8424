# Each goal sets up what it needs; everything lands in .venv, node_modules and .clearlane.

PYTHON ?= python3
BIN := .venv/bin
export CLEARLANE_HOME ?= .clearlane

.PHONY: help setup browser demo test check figures serve clean

help:
	@echo "make setup    install everything into .venv and node_modules"
	@echo "make demo     three batches of 20 boxes, from photographs to decisions"
	@echo "make serve    pages, API and workers on this machine"
	@echo "make test     the tests, browser included"
	@echo "make check    lint, types, documentation"
	@echo "make figures  measure again what docs/figures.md says"

setup: .venv/.done

.venv/.done: requirements.lock package-lock.json pyproject.toml tools/setup.sh tools/vendor.py
	PYTHON=$(PYTHON) sh tools/setup.sh

# A browser and a broker are needed for the tests only. Where there are none, Debian's are installed.
browser:
	@sh tools/browser.sh
	@sh tools/broker.sh

demo: setup
	$(BIN)/clearlane demo

serve: setup
	$(BIN)/clearlane serve

test: setup browser
	$(BIN)/python -m pytest
	@$(BIN)/python -m coverage report --fail-under=100 --show-missing --skip-covered

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_imports.py

figures: setup
	$(BIN)/python -m bench.figures

clean:
	rm -rf .venv node_modules build clearlane/web/static/vendor
