# The front door. Every target sets itself up: a Python 3.13 is all that it needs.
PYTHON ?= $(shell command -v python3.13 >/dev/null 2>&1 && python3.13 -c '' >/dev/null 2>&1 && echo python3.13 || echo python3)
VENV := .venv
PY := $(VENV)/bin/python
CHAOS := 1 2 3
SEEDS := 1000
COMMANDS := 4000

help:  ## says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/ready  ## makes the virtual environment (the other targets do it by themselves)

$(VENV)/ready: requirements.txt requirements-dev.txt
	@$(PYTHON) infra/check_python.py
	@echo "setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

run: setup  ## serves on 127.0.0.1:7071, with emulators of its cloud beside it (AUTH=1: asks for keys, as Azure does; OPTIONS="--http 7072": another port)
	@$(PY) -m infra.without_traceback infra.indexes
	@$(PY) -m infra.local.run $(if $(AUTH),--auth) $(OPTIONS)

func: setup  ## starts all that `func start` needs but `func` itself, without Docker, and says what to type
	@$(PY) -m infra.local.func $(OPTIONS)

demo: setup  ## 2,000 orders of things of which there is too little, and a check of every row
	@$(PY) -m infra.local.shop

new-domain: setup  ## writes a business of your own (NAME=clinic, CATEGORY=patient), and lets it run
	@$(PY) -m infra.scaffold domain "$(NAME)" $(CATEGORY)
	@$(PY) -m infra.without_traceback infra.indexes
	@$(PY) -m infra.without_traceback tests.specs

new-category: setup  ## writes one more category into the business that runs (NAME=appointment)
	@$(PY) -m infra.scaffold category "$(NAME)"
	@$(PY) -m infra.without_traceback infra.indexes
	@$(PY) -m infra.without_traceback tests.specs

test: setup  ## lint, types, imports, and every test in process or on one shared stack (five minutes)
	@$(PY) -m tests.halves test

test-domain: setup  ## what depends on the business that runs: specs, samples, wires, public events, indexes (a minute)
	@$(PY) -m tests.halves test-domain

shipped: setup  ## keeps a sample of all that is stored, and the schemas that others rely on; refuses what has changed
	@$(PY) -m tests.specs.shipped
	@WRITE_DOCS=1 $(PY) -m pytest -q tests/notifications/test_contract.py

proof: setup  ## the other half of what CI runs: chaos, kills, simulation, all tests beside another business, what is measured
	@$(PY) -m tests.halves proof

plan: setup  ## says which limit a set meets first (RATE=5000 commands a second), and what raises it
	@$(PY) -m infra.plan $(if $(RATE),--rate $(RATE))

restore-store: setup  ## restores the store from the archive and the hub, when it is gone (docs/operations.md)
	@$(PY) -m infra.restore

audit: setup  ## proves that the store and the log (archive and hub) say the same, and names what differs (docs/operations.md)
	@$(PY) -m infra.audit

doctor: setup  ## examines the running stack (with the OPTIONS of its ports, or URL="...", one for each app), and says how to mend what is wrong
	@$(PY) -m infra.doctor $(if $(URL),--url $(URL)) $(OPTIONS)

spec: setup  ## holds every spec, a line each, and tells the story of those that fail (VERBOSE=1: of all); writes docs/NAME/specification.md and the examples that OpenAPI needs (or holds them at URL=..., where it WRITES and leaves its streams behind, with SPEC_KEY if it asks for one)
	@$(PY) -m infra.without_traceback tests.specs $(if $(URL),--url $(URL))

indexes: setup  ## writes the composite indexes that the sorts of the views need
	@$(PY) -m infra.without_traceback infra.indexes

sim: setup  ## SEEDS simulated worlds of the shop, with a feed, and of the business that runs (or SEED=7 alone, PULLED=1 or OWN=1 of these, TRACE=1 told)
	@$(PY) -m tests.simulation $(if $(SEED),--seed $(SEED) $(if $(OWN),--own) $(if $(PULLED),--pulled) $(if $(TRACE),--trace),--seeds $(SEEDS))

unnoticed: setup  ## asks all other tests about each planted bug that only the simulation finds (hours)
	@$(PY) -m tests.simulation --elsewhere

chaos: setup  ## everything fails and hosts die, once for each seed (CHAOS="1 2 3")
	@for seed in $(CHAOS); do \
	  LONG=1 CHAOS_SEED=$$seed CHAOS_COMMANDS=$(COMMANDS) $(PY) -m pytest -q tests/chaos/test_delivery.py || exit 1; \
	done

long: setup  ## all that the tests take samples of: more commands, deaths, lengths and missing devices (half an hour)
	@LONG=1 $(PY) -m pytest -m long

bench: setup  ## measures commands beside peers, CPU by layers, and the start; writes docs/performance.md (some minutes; Node for two peers)
	@$(PY) -m tests.bench

official: setup  ## the tests that Microsoft publishes with its SDKs, on the emulators (SUITE=cosmos, one of them; SAMPLE=1, a part)
	@$(PY) -m emulators.tests.official $(SUITE) $(if $(SAMPLE),--sample)

lint: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(PY) -m infra.check

types: setup
	@$(VENV)/bin/mypy

imports: setup
	@$(VENV)/bin/lint-imports --no-cache

coverage: setup  ## every branch of kernel, domain and roles is tested
	@$(PY) -m tests.halves coverage

format: setup  ## puts the code in shape
	@$(VENV)/bin/ruff check --fix --exit-zero .
	@$(VENV)/bin/ruff format .

policies: setup .venv-policies/ready  ## checks what the Bicep would deploy against the policies of checkov
	@$(PY) -m tests.infra.bicep templates .onewrite/templates
	@.venv-policies/bin/checkov --directory .onewrite/templates --framework arm --compact --quiet --skip-download

.venv-policies/ready: infra/requirements-policies.txt
	@$(PYTHON) infra/check_python.py
	@echo "setting up .venv-policies (once, it is large) ..."
	@$(PYTHON) -m venv --clear .venv-policies
	@.venv-policies/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/requirements-policies.txt
	@touch $@

vulnerabilities: .venv-vulnerabilities/ready  ## writes the bill of materials of what is deployed (CycloneDX), and fails for known vulnerabilities in it
	@mkdir -p .onewrite
	@.venv-vulnerabilities/bin/cyclonedx-py requirements requirements.txt --output-reproducible --output-format JSON --output-file .onewrite/sbom.json
	@echo "the bill of materials is .onewrite/sbom.json"
	@.venv-vulnerabilities/bin/pip-audit --requirement requirements.txt --require-hashes --disable-pip

.venv-vulnerabilities/ready: infra/requirements-vulnerabilities.txt
	@$(PYTHON) infra/check_python.py
	@$(PYTHON) -m venv --clear .venv-vulnerabilities
	@.venv-vulnerabilities/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/requirements-vulnerabilities.txt
	@touch $@

bicep: setup  ## compiles the Bicep (needs `bicep`), and compares what it predicts with what the tests play
	@$(PY) -m tests.infra.bicep compiled .onewrite/snapshots

emulators:  ## starts Microsoft's emulators in Docker, for `func start`
	@docker compose up --detach --wait
	@docker compose run --rm seed

clean:  ## forgets the local state (the store, the log, the checkpoints)
	@rm -rf .onewrite

.PHONY: help setup run func demo new-domain new-category plan restore-store audit doctor spec indexes sim unnoticed chaos long test test-domain shipped proof bench official lint types imports coverage format policies vulnerabilities bicep emulators clean
.DEFAULT_GOAL := help
