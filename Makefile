# Viva's recipes. `make help` lists them.

.DEFAULT_GOAL := help
BINARY := target/practice/viva
CARGO := cargo
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help setup build practice demo test test-api test-real check audit install bench bench-ears

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what is missing to build, test and check
	@scripts/setup.sh --tests
	@scripts/setup.sh --checks

build: ## Build the program
	@scripts/setup.sh
	@$(CARGO) build --locked --profile practice --bin viva

practice: build ## Start a practice round (ARGS="--topic ownership", see `make practice ARGS=--help`)
	@$(BINARY) practice $(ARGS)

demo: build ## See a whole round from bundled recordings: no key, no microphone; no network once built
	@scripts/demo.sh $(BINARY)

test: ## Set up and run every test
	@scripts/setup.sh --tests
	@$(CARGO) nextest run --locked --workspace $(if $(CI),--profile ci)
	@$(CARGO) test --locked --workspace --doc --quiet

test-api: ## Test the HTTP API and the pages with clients and checkers that others wrote
	@scripts/setup.sh --tests
	@$(CARGO) build --locked --workspace --bins --tests
	@tests/api/run.sh target/debug/viva

test-real: ## Test hearing with a real Whisper model (MODEL=FILE)
ifeq ($(MODEL),)
	@echo "skipped: name a Whisper model, as in make test-real MODEL=ggml-tiny.en.bin"
else
	@scripts/setup.sh --tests
	@VIVA_REAL_MODEL="$(abspath $(MODEL))" $(CARGO) nextest run --locked --workspace --run-ignored only -E 'binary(real_model)'
endif

check: ## Formatting, lints, documentation, licences, unused dependencies
	@scripts/setup.sh --checks
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items
	@$(CARGO) deny --log-level error --locked check licenses bans sources
	@$(CARGO) machete

audit: ## Known security advisories of the dependencies (needs the network)
	@scripts/setup.sh --checks
	@$(CARGO) deny --locked check advisories

install: ## Put `viva` on the path (cargo's own folder of programs)
	@scripts/setup.sh
	@$(CARGO) install --locked --path crates/viva

bench: build ## Measure what people wait for (COLD=1: the cold build too)
	@scripts/bench.sh $(BINARY)

bench-ears: ## Measure how well and how fast Viva hears (MODEL=FILE SPEECH=FOLDER, see docs/listening.md)
	@test -f "$(MODEL)" -a -d "$(SPEECH)" || { echo "name a model and a folder, as in make bench-ears MODEL=ggml-tiny.en.bin SPEECH=recordings" >&2; exit 2; }
	@scripts/setup.sh
	@$(CARGO) run --quiet --locked --release -p capture --example ears -- "$(MODEL)" "$(SPEECH)" $(LONGEST)
