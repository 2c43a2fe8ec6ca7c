# Every target makes its own virtual environment in .venv, once; a stamp file remembers what is installed there, so a
# second run needs no network. `make clean` begins again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help demo test sweep soak lint golden format bench wheel clean

help:  ## show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# pip learnt --group in 25.1; the pip that comes with older Pythons cannot install the `dev` group.
$(BIN)/pip:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.installed: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(VENV)/.installed $@

demo: $(VENV)/.installed  ## install, then watch eight months of an invented API go by
	@$(BIN)/specwatch demo --output build/demo

lint: $(VENV)/.installed-dev  ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## everything that must hold: lint, then the tests
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(PYTEST_ARGS)

sweep: $(VENV)/.installed-dev  ## the heavier tests, on large real documents (skips what is absent)
	$(BIN)/python -m pytest -n $(WORKERS) -m slow $(PYTEST_ARGS)

golden: $(VENV)/.installed-dev  ## write the kept forms of the reports anew (tests/report/golden), for review
	SPECWATCH_GOLDEN=write $(BIN)/python -m pytest -q tests/report/test_golden.py

format: $(VENV)/.installed-dev  ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev  ## time and memory on real documents (skips what is absent)
	$(BIN)/python -m benchmarks

soak: $(VENV)/.installed-dev  ## 20,000 random pairs against values (SOAK_PAIRS, SOAK_SEED), a daemon killed 200 times
	$(BIN)/python -m tests.oracle.soak
	SOAK_KILLS=$${SOAK_KILLS:-200} $(BIN)/python -m pytest tests/daemon/test_kills.py
	$(BIN)/python -m pytest tests/schedule tests/daemon/test_standby.py

wheel: $(VENV)/.installed-dev  ## build dist/specwatch-*.whl
	$(BIN)/python -m build --wheel

clean:  ## forget the virtual environment and every cache
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
