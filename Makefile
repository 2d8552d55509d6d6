# Everything runs in .venv; nothing is installed outside this folder.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DBT := $(BIN)/dbt
DUCKDB_1 := 1.5.6
# Most tests run dbt, which has one busy thread; the tests of a file share what they built.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder
# DuckDB 2.0 prints notes of its binding library when Python ends; they mean nothing to a user.
QUIET := 2> >(grep -vE '^nanobind: | - leaked | - \.\.\. skipped|nanobind.readthedocs' >&2)

export DBT_PROFILES_DIR := $(CURDIR)/profiles
export WAREHOUSE_AI_TEST_CACHE := $(CURDIR)/.pytest_cache/answers
export DBT_SEND_ANONYMOUS_USAGE_STATS ?= false

.DEFAULT_GOAL := help
.PHONY: help build test lint docs examples explain eval bench train clean distclean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV): some 300 MB of packages on the first run"
	@$(PYTHON) -c 'import sys; sys.exit("warehouse_ai needs Python 3.11 or later; call make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable '.[images,documents]'
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/.eval: $(VENV)/.installed
	@$(PIP) --editable '.[eval]'
	@touch $@

$(VENV)/.train: $(VENV)/.installed
	@$(PIP) --editable '.[train]'
	@touch $@

$(VENV)/duckdb-1: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $@ duckdb==$(DUCKDB_1)
	@touch $@

build: $(VENV)/.installed ## set up, run `dbt build` of the whole pipeline, print what it made
	@$(DBT) build $(QUIET)
	@$(BIN)/python -m warehouse_ai.summary

test: $(VENV)/.dev $(VENV)/duckdb-1 ## set up, run pytest and the dbt tests on DuckDB 2 and on DuckDB 1
	@rm -rf .pytest_cache/answers
	@$(BIN)/python -m pytest $(WORKERS) $(QUIET)
	@PYTHONPATH=$(CURDIR)/$(VENV)/duckdb-1 $(BIN)/python -m pytest $(WORKERS) -m duckdb_1 $(QUIET)

lint: $(VENV)/.dev ## sqlfluff with the dbt templater, ruff, mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m warehouse_ai.docs --check
	@PATH=$(BIN):$$PATH $(BIN)/sqlfluff lint models tests/singular analyses

docs: $(VENV)/.installed ## dbt docs with lineage, in target/
	@$(BIN)/python -m warehouse_ai.docs
	@$(DBT) docs generate --static $(QUIET)
	@echo "Open target/static_index.html"

explain: $(VENV)/.installed ## say what a model would cost before it runs: make explain MODEL=enriched_feedback
	@$(BIN)/python -m warehouse_ai.explain $(or $(MODEL),$(error name a model: make explain MODEL=enriched_feedback)) $(QUIET)

examples: $(VENV)/.installed ## run the example calls of docs/functions.md again
	@$(BIN)/python -m warehouse_ai.docs --examples $(QUIET)

eval: $(VENV)/.eval ## measure quality on public sets (WAREHOUSE_AI_DATA), and write docs/quality.md
	@for part in quality churn customers recommendations search documents feedback_loop quality.page; do $(BIN)/python -m benchmarks.$$part || exit 1; done

bench: $(VENV)/.eval ## measure speed against plain sentence-transformers, pandas and window functions
	@for part in speed features; do $(BIN)/python -m benchmarks.$$part || exit 1; done

train: $(VENV)/.train ## train the shipped adapters again (WAREHOUSE_AI_DATA)
	@for task in classify keywords sentiment extract moderate filter sentiment_aspects; do $(BIN)/python training/$$task.py || exit 1; done

clean: ## remove what dbt made; the result cache stays
	@rm -rf target logs dbt_packages warehouse.duckdb warehouse.duckdb.wal

distclean: clean ## also remove .venv; the result cache stays in its own folder
	@rm -rf $(VENV) *.egg-info python_udfs/*.egg-info .pytest_cache .mypy_cache .ruff_cache
