# The entrance to the workshop: `make` lists the verbs.
PY ?= python3
V := .venv
BIN := $(V)/bin
PEERS := var/peers
export PIP_DISABLE_PIP_VERSION_CHECK := 1
TORTURE := $(addprefix tests/usecases/,test_kills.py test_concurrency.py test_outbox_races.py test_outbox_promises.py \
  test_confirmations.py test_machine.py test_bank_year.py) tests/cli/test_outages.py tests/formats/test_mutants.py
AT_FULL_SIZE := VOLDAAN_KILLS=50 VOLDAAN_RACES=50 VOLDAAN_MUTANTS=10000 VOLDAAN_YEARS=30

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(V)/.ok: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Voldaan needs Python 3.11 or newer; set PY=/path/to/python3.11"; exit 1; }
	rm -rf $(V)
	@$(PY) -m venv $(V) || { echo "The module venv is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

ready: $(V)/.ok translations

translations: $(V)/.ok
	@$(BIN)/python -m workshop.translations compile

run: ready ## open the product with demo data: a year of two invented firms
	$(BIN)/voldaan --data $${VOLDAAN_DATA:-var/demo} demo

# On PostgreSQL everything that asks or writes runs again: its SQL, types, order and locks are its own. Left out are
# rules and formats, which know no database, other doors to the same verbs, and modules that are marked one_engine.
test: ready ## run all tests, on SQLite and on PostgreSQL
	$(BIN)/pytest -n 2
	VOLDAAN_TEST_DB=postgres $(BIN)/pytest -n 2 -m "not one_engine" tests/records tests/usecases tests/queries tests/jobs tests/web tests/cli/test_commands.py

check: ready ## format, lint, types, contracts, migrations, translations, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy voldaan tests workshop benchmarks
	$(BIN)/lint-imports
	VOLDAAN_DATA=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings voldaan.config.settings
	$(BIN)/python -m workshop.translations check
	$(BIN)/python -m workshop.reference check

torture: ready ## kill, race, storm and spoil at full size, on SQLite and on PostgreSQL: takes an hour or more
	$(AT_FULL_SIZE) $(BIN)/pytest $(TORTURE)
	VOLDAAN_TEST_DB=postgres $(AT_FULL_SIZE) $(BIN)/pytest $(TORTURE)

bench: ready ## measure speed as ratios to limits taken in the same run
	$(BIN)/python -m benchmarks

yardstick: ready ## measure how often the matching is right on invented years; takes an hour or more
	$(BIN)/python -m benchmarks.yardstick --seeds 12 --page docs/explanation/matching-figures.md

$(PEERS)/.ok: benchmarks/peers.txt
	rm -rf $(PEERS)
	@$(PY) -m venv $(PEERS)
	$(PEERS)/bin/pip install -q -r benchmarks/peers.txt
	@touch $@

bench-peers: ready $(PEERS)/.ok ## measure the daily run and the booking of receipts against Tryton; takes some minutes
	$(BIN)/python -m benchmarks.peers

lock: $(V)/.ok ## renew requirements.lock from pyproject.toml
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock

clean: ## remove the environment and what the workshop made
	rm -rf $(V) var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help ready translations run test check torture bench bench-peers lock clean
