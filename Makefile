# `make` alone lists the targets. Everything runs in .venv, which `make setup` makes from the lock.

PYTHON ?= python3
REV ?= HEAD
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup run demo test nightly check format verify bench fresh golden lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/run.stamp ## make .venv from requirements.lock

run: setup ## main job: rebuild the data set of this workspace and say where it is
	@$(PY) -m pipeline.cli repro
	@$(PY) -m pipeline.cli summary

demo: setup ## play the faucet's story in a clone below .cache/demo, in minutes
	@$(PY) -m pipeline.demo

test: .venv/dev.stamp ## run all tests
	@$(PY) -m pytest -n 2 --dist loadfile

nightly: .venv/dev.stamp ## the tests that kill workers, in their long form
	@NIGHTLY=1 $(PY) -m pytest tests/faucet/work/test_kills.py tests/faucet/clones/test_many_clones.py

check: .venv/dev.stamp ## format, lint, types, layers, contracts: what every commit passes
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PY) -m pytest tests/contracts

format: .venv/dev.stamp ## let ruff write what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

verify: setup ## rebuild REV (default HEAD) from scratch in a clone and compare every byte
	@$(PY) -m pipeline.cli verify $(REV)

bench: .venv/dev.stamp ## measure on DELIVERIES (a folder of deliveries by agent); see benchmarks/
	@$(PY) benchmarks/spine.py $(DELIVERIES)

fresh: setup ## remove starter deliveries and all outputs: start a knowledge base of your own
	@$(PY) -m pipeline.cli fresh

golden: .venv/dev.stamp ## write the golden files of the tests anew; read the diff before you commit
	@REWRITE_GOLDEN=1 $(PY) -m pytest -m golden

lock: .venv/run.stamp ## resolve pyproject.toml into the two lock files (needs uv)
	uv pip compile -q $(LOCK_FLAGS) --group pyproject.toml:build pyproject.toml -o requirements.lock
	uv pip compile -q $(LOCK_FLAGS) --group pyproject.toml:dev --group pyproject.toml:bench \
	  -c requirements.lock pyproject.toml -o requirements-dev.lock

LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links

PIP := $(PY) -m pip install --disable-pip-version-check --no-input -q

.venv/run.stamp: requirements.lock pyproject.toml
	@echo "setup: installing from requirements.lock (a minute on a fresh machine)"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	@echo "setup: installing from requirements-dev.lock"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
