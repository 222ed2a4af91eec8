# make run    sets up .venv if it is not there yet, and opens the app
# make test   sets up .venv if it is not there yet, and runs every check and test
# make bench  the benchmarks: ratios against a reference timed in the same run
# make screens  the pictures in samples/screens, drawn by the app itself

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test bench screens clean

run: .venv/installed
	@$(BIN)/cnntui

test: .venv/installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: .venv/installed-test
	$(BIN)/python -m tests.bench

screens: .venv/installed-test
	$(BIN)/python -m tests.screens samples/screens

.venv/bin/python:
	$(PYTHON) -m venv .venv

# torch first: with nothing pinned, pip would choose a build with several GB of CUDA
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "setting up .venv (once)"
	@$(PIP) --constraint constraints.txt torch
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@echo "setting up what the tests need (once)"
	@$(PIP) --constraint constraints.txt --editable '.[test]'
	@touch $@

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .hypothesis
