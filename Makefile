# Thin on purpose: each line is a command a person could type. What takes more than a line is in .tools/.

SHELL := bash
# Recipes follow CARGO_TARGET_DIR where it is set.
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
ROLLCALL := $(TARGET)/release/rollcall
export ROLLCALL_SITE_ROOT := $(TARGET)/site

# Everything but the crate that only the browser compiles; and what the browser compiles, as cargo-leptos builds it,
# in its target directory, so that both share what they have compiled.
SERVER := --workspace --exclude frontend
BROWSER := -p frontend -p app -p model --no-default-features --target wasm32-unknown-unknown --profile wasm-release --target-dir $(TARGET)/front

# What to add to a command: make run ARGS=--help, make e2e ARGS="invite --project=js", make test-rust ARGS=setup
ARGS ?=
# make demo USERS=500
USERS ?= 100000

.DEFAULT_GOAL := help
.PHONY: help run build dev check test lock fmt fmt-check clippy clippy-wasm doc deny test-model test-rust types e2e e2e-function bench performance demo shots clean

help: ## this list
	@echo 'Rollcall. To see it: make run'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r t d; do printf '  make %-12s %s\n' "$$t" "$$d"; done

run: build ## build what has changed and serve http://127.0.0.1:3000
	@echo "open http://127.0.0.1:$${PORT:-3000}"
	@exec $(ROLLCALL) serve $(ARGS)

build: ## the release build, installing the tools it needs
	@.tools/setup build
	@.tools/build

dev: ## build for debugging, serve, and do it again at every change
	@.tools/setup build
	. .tools/env && LEPTOS_SITE_ROOT=$(ROLLCALL_SITE_ROOT) cargo leptos watch --split -- serve

check: ## the quick checks: format, lints, documentation, the model's tests
	@.tools/test quick

test: ## every check and test there is, with one summary
	@.tools/test

lock:
	cargo fetch --locked --target host-tuple --target wasm32-unknown-unknown

fmt: ## format the Rust code
	cargo fmt --all

fmt-check:
	cargo fmt --all --check

clippy:
	cargo clippy $(SERVER) --all-targets -- -D warnings

clippy-wasm:
	cargo clippy $(BROWSER) -- -D warnings

doc: ## the documentation of the crates, into target/doc
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps $(SERVER)

deny:
	cargo deny --offline check bans licenses sources

test-model:
	cargo test -p model $(ARGS)

test-rust: ## the Rust tests, on SQLite and a private PostgreSQL
	.tools/with-postgres cargo test $(SERVER) --no-fail-fast $(ARGS)

types:
	cd end2end && npx tsc

e2e: ## the browser tests, against the release build
	cd end2end && ROLLCALL_BIN=$(ROLLCALL) ../.tools/with-postgres npx playwright test $(ARGS)

e2e-function: ## the main flows in the browser, against the release build as a function of Lambda
	. .tools/env && cd end2end && ROLLCALL_RUNTIME=lambda ROLLCALL_BIN=$(ROLLCALL) ../.tools/with-postgres npx playwright test --grep @function $(ARGS)

bench: build ## requests a second, latencies and imports, on SQLite and PostgreSQL
	@.tools/setup test
	.tools/bench

performance: export BENCH_USERS := 10000 100000 1000000
performance: export BENCH_WRITE := docs/performance.md
performance: bench ## that at up to a million people, written to docs/performance.md (half an hour)

demo: build ## fill data/rollcall.db with an organization of USERS believable people
	$(ROLLCALL) demo --users $(USERS)

shots: build ## take the screenshots of the documentation
	@.tools/setup test
	cd end2end && ROLLCALL_BIN=$(ROLLCALL) SHOTS=../docs npx playwright test --grep @shots --project=js

clean: ## remove what was built here (the tools and data/ stay)
	rm -rf target end2end/node_modules end2end/results end2end/report
