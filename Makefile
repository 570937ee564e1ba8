# make run: a living base.   make test: all tests.   make check: what to run before each commit.
PYTHON ?= python3
BIN := .venv/bin
ONLY ?=
ARGS ?=
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: run test test-shared test-outside check bench soak backup-drill screenshots lock setup setup-test

run: setup
	@$(BIN)/jizuo run --demo $(ARGS)

setup:
	@$(PYTHON) tools/setup.py run

setup-test:
	@$(PYTHON) tools/setup.py test

test: setup-test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not shared and not soak and not outside" $(ARGS)

test-outside: setup-test
	@$(PYTHON) tools/setup.py outside
	@$(BIN)/python -m pytest -n0 -m outside tests/outside $(ARGS)

test-shared: setup-test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "shared and not soak" $(ARGS)

check: setup-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/i18n.py check
	@$(BIN)/python -m pytest tests/house -n0 $(ARGS)

bench: setup-test
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

soak: setup-test
	@$(BIN)/python -m pytest -n0 -m soak $(ARGS)

backup-drill: setup
	@$(BIN)/jizuo backup-drill $(ARGS)

screenshots: setup-test
	@$(BIN)/python tools/screenshots.py $(ARGS)

# The locks carry hashes and no address of a registry.
lock: setup-test
	@$(PYTHON) tools/setup.py lock
