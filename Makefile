# Everything runs from a virtual environment inside the checkout; a machine needs Python 3.11, pip, make and git.

PYTHON ?= python3
VENV := .venv
WORKERS ?= 2
BIN := $(VENV)/bin
# Images of containers often forbid bytecode. Without it every process compiles all that it imports anew, which doubles
# the time of the tests: they start thousands.
export PYTHONDONTWRITEBYTECODE :=
# The machine's own pip fills the environment, which needs no pip inside; bytecode is made for what is really imported.
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python
INSTALL := $(PIP) install --quiet --no-compile

.DEFAULT_GOAL := help
.PHONY: help install develop demo test check bench docs lock clean

help:  ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## Install into .venv what users get

develop: $(VENV)/.developing  ## Install into .venv all extras and the tools of developers too

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.installed: requirements/install.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/install.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: requirements/develop.txt $(VENV)/.installed
	$(INSTALL) --require-hashes -r requirements/develop.txt
	@touch $@

demo: install  ## Verify the bundled shop: healthy, then with each planted defect
	$(BIN)/seamwright demo verify

test: develop  ## Run the tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

check: develop  ## Formatting, lint, types, floors
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: develop  ## Run the benchmarks, each against its peers
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file --quick || exit 1; done

docs: develop  ## Make the generated tables of the docs anew
	$(BIN)/python docs/generate.py

lock:  ## Lock the dependencies anew (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --quiet --output-file requirements/install.txt
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --quiet --constraint requirements/install.txt --output-file requirements/develop.txt

clean:  ## Remove what was made
	rm -rf $(VENV) .seamwright dist build .mypy_cache .ruff_cache .pytest_cache
