# `make` alone lists the targets. Everything runs in .venv, which `make setup` makes from the lock.

PYTHON ?= python3
REV ?= HEAD
WORKERS ?= 3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup extra run demo docs test bytes long nightly check format verify bench fresh golden lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/run.stamp ## make .venv from requirements.lock

extra: setup ## install extras at the lock's versions: make extra NAME=desk,mcp
	@test -n "$(NAME)" || { echo "make extra NAME=desk (or several: desk,mcp); pyproject.toml lists them" >&2; false; }
	@sed -n 's/^\([A-Za-z0-9].*[^ ]\) *\\$$/\1/p' requirements-dev.lock > .venv/pins.txt
	@$(PIP) --no-build-isolation -c .venv/pins.txt -e ".[$(NAME)]"

run: setup ## main job: rebuild the data set of this workspace and say where it is
	@$(PY) -m pipeline.cli repro
	@$(PY) -m pipeline.cli summary

demo: .venv/dev.stamp ## play the faucet's story in a clone below .cache/demo, in minutes
	@$(PY) -m pipeline.demo

docs: .venv/dev.stamp ## build the site of README, docs/, commands, schemas and docstrings
	@$(PY) docs/site.py
	@$(BIN)/zensical build --strict --config-file .cache/docs/zensical.toml
	@echo "docs: open .cache/docs/site/index.html"

test: .venv/dev.stamp ## run all tests, and say which ten took longest
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10 $(LESS)

bytes: .venv/dev.stamp ## the tests of bytes: what any Python, SQLite and system must give alike
	@$(PY) -m pytest -m bytes -rs

long: .venv/dev.stamp ## the long forms that are cheap enough for every push
	@NIGHTLY=1 $(PY) -m pytest -n $(WORKERS) --dist load tests/test_reproducible.py tests/test_wheel.py \
	  tests/faucet/gates

nightly: .venv/dev.stamp ## the long forms: kills, rebuilds, a process per stage, many more examples
	@NIGHTLY=1 $(PY) -m pytest -m "slow or hypothesis" --durations=10
	@NIGHTLY=1 $(PY) -m pytest -m "not slow and not hypothesis" \
	  $$(grep -rlw LONG tests --include='test_*.py')

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

bench: .venv/peers.stamp ## measure on DELIVERIES (a folder of deliveries by agent); see benchmarks/
	@$(PY) benchmarks/spine.py $(DELIVERIES)
	@$(PY) benchmarks/peers.py $(DELIVERIES)

fresh: setup ## remove starter deliveries and all outputs: start a knowledge base of your own
	@$(PY) -m pipeline.cli fresh

golden: .venv/dev.stamp ## write the golden files of the tests anew; read the diff before you commit
	@REWRITE_GOLDEN=1 $(PY) -m pytest -m golden

lock: .venv/run.stamp ## resolve pyproject.toml into the lock files (needs uv)
	uv pip compile -q $(LOCK_FLAGS) --group pyproject.toml:build pyproject.toml -o requirements.lock
	uv pip compile -q $(LOCK_FLAGS) --group pyproject.toml:dev --group pyproject.toml:bench \
	  --group pyproject.toml:docs \
	  -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile -q $(LOCK_FLAGS) --group pyproject.toml:peers -c requirements-dev.lock \
	  -o requirements-peers.lock

LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links

# One sentence where $(PYTHON) cannot make the environment: too old, not there, or Debian's without
# python3-venv. It is read by the Python that it is about, so it is written for Python 2.7 too.
SUITS := { command -v $(PYTHON) >/dev/null || { echo "setup: there is no $(PYTHON) here:" \
  "install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3" >&2; false; }; } && \
  $(PYTHON) -c "$$CAN_MAKE_VENV"
define CAN_MAKE_VENV
import sys
if sys.version_info < (3, 11):
    sys.exit("setup: %s is Python %d.%d, 3.11 or newer is needed: make PYTHON=/path/to/python3"
             % ((sys.executable,) + sys.version_info[:2]))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("setup: %s cannot make environments: install its venv package "
             "(Debian, Ubuntu: apt install python3-venv), then run make again" % sys.executable)
endef
export CAN_MAKE_VENV

# uv, where it is there, installs the same files in a tenth of the time; pip where uv cannot.
PIP := $(PY) -m pip install --disable-pip-version-check --no-input -q
UV := $(shell command -v uv 2>/dev/null)
install = $(if $(UV),uv pip install --python $(PY) -q $(1) || )$(PIP) $(1)

.venv/run.stamp: requirements.lock pyproject.toml
	@echo "setup: installing from requirements.lock (a minute on a fresh machine)"
	@test -x $(PY) || { $(SUITS) && $(PYTHON) -m venv .venv; }
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-build-isolation --no-deps -e .)
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	@echo "setup: installing from requirements-dev.lock"
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

.venv/peers.stamp: .venv/dev.stamp requirements-peers.lock
	@echo "setup: installing from requirements-peers.lock"
	@$(call install,--require-hashes -r requirements-peers.lock)
	@touch $@
