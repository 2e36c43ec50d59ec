# What a newcomer needs:  make demo   make test
# Everything is installed into .venv; nothing outside this folder is changed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# uv from the machine if it has one, else from PyPI, pinned, into its own environment.
UV     := $(or $(shell command -v uv 2>/dev/null),.venv-uv/bin/uv)
# Tests start `mifa` hundreds of times: its bytecode is kept, whatever the environment says.
export PYTHONDONTWRITEBYTECODE =
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python

.PHONY: demo test faults bench lint format docs lock wheel clean help

help:            ## Say what each target does.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

demo: $(VENV)/runtime   ## Make an example lab folder, build it into a dataset, validate it, package it for the archive.
	rm -rf demo
	$(BIN)/mifa demo demo
	$(BIN)/mifa build demo/mifa.yaml -o demo/dataset
	$(BIN)/mifa validate demo/dataset
	$(BIN)/mifa package demo/dataset --for bia -o demo/submission
	@echo
	@echo "Look at:  demo/dataset/README.md      the dataset card"
	@echo "          demo/dataset/previews/      pictures of every sample"
	@echo "          demo/dataset/manifest.csv   one row a sample"
	@echo "          demo/submission/SUBMIT.md   how to send it to the BioImage Archive"

test: $(VENV)/dev       ## Run the whole test suite.
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

faults: $(VENV)/dev     ## Kill, fill and damage for two hours, and see that nothing is lost.
	MIFAKIT_FAULTS=long $(BIN)/python -m pytest -n auto tests/faults $(PYTEST_ARGS)

bench: $(VENV)/dev      ## Measure against other converters, into benchmarks/RESULTS.md; takes an hour or two.
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lint: $(VENV)/dev       ## Check style and types.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev     ## Put the code into the house style.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/dev       ## Make the parts of the docs that are generated.
	$(BIN)/python docs/generate.py

wheel: $(VENV)/dev      ## Build the wheel into dist/.
	rm -rf dist
	$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

lock: $(UV)      ## Resolve the pinned requirements again, for Python 3.11 to 3.13.
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    pyproject.toml --group dev --upgrade -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    pyproject.toml -c requirements/dev.txt --upgrade -o requirements/runtime.txt

clean:           ## Remove what these targets made.
	rm -rf $(VENV) .venv-uv demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv-uv/bin/uv: requirements/uv.txt
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

$(VENV)/runtime: requirements/runtime.txt pyproject.toml $(UV)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements/runtime.txt
	$(INSTALL) --require-hashes -r requirements/build.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/runtime
	$(INSTALL) --require-hashes -r requirements/dev.txt
	touch $@
