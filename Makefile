# Viva's recipes. `make help` lists them.

.DEFAULT_GOAL := help
PROFILE := release
BINARY := target/$(PROFILE)/viva
CARGO := cargo

.PHONY: help setup build practice demo test check bench docker

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what is missing to build and to test
	@scripts/setup.sh --tests

build: ## Build the program
	@scripts/setup.sh
	@$(CARGO) build --locked --release --bin viva

practice: build ## Start a practice round (ARGS="--topic ownership", see `make practice ARGS=--help`)
	@$(BINARY) practice $(ARGS)

demo: build ## See a whole round from bundled recordings: no key, no network, no microphone
	@scripts/demo.sh $(BINARY)

test: setup ## Set up and run every test
	@$(CARGO) test --locked --workspace

check: ## Formatting, lints and documentation, warnings refused
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items

bench: build ## Measure: transcription, readiness, reading, judging, the cold build
	@scripts/bench.sh $(BINARY)
