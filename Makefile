# Everything there is to do: `make help`. Environments come from the lock files and live in .venv*, local data in .local*.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?=
RUN = .venv/bin/python -m infra.local
AT = $(if $(PORT),--port $(PORT))
TEST_STACK = TINGJIAN_LOCAL=.local-test
PARAMETERS ?=
# The one file (or test) that is to run, and the kind of tests that it is.
ONE ?=
KINDS = $(if $(ONE),$(if $(findstring tests/stack,$(ONE)),test-stack,test-fast),test-fast test-stack)
FAST = tests --ignore=tests/stack --ignore=tests/bench --numprocesses auto --dist worksteal
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url $(if $(UPGRADE),--upgrade)

.PHONY: help run stop status forget test test-fast test-stack test-stack-repeat mutants check format lock build deploy assemble \
	bench demo-import \
	clean environments

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | sort | while IFS="$$(printf '\t')" read -r name what; \
		do printf '  make %-18s %s\n' "$$name" "$$what"; done

run: environments ## start the local stack with demo data, or bring it up to date (PORT=4566)
	@$(RUN) start $(AT)

stop: ## end the local stack; its data stays
	@if [ -x .venv/bin/python ]; then $(RUN) stop; else echo "Nothing to stop."; fi

status: ## say where the local stack is
	@$(RUN) status

forget: ## end the local stack and delete its data
	@$(RUN) forget

test: environments $(KINDS) ## all tests: unit, functions, template, and a fresh stack (ONE=tests/unit/test_meter.py)

test-fast: .venv/installed
	.venv/bin/python -m pytest $(or $(ONE),$(FAST))

test-stack: environments
	@$(TEST_STACK) $(RUN) forget >/dev/null
	@$(TEST_STACK) $(RUN) start --no-seed --port $(or $(TEST_PORT),free)
	@if [ -d tests/stack ]; then $(TEST_STACK) .venv/bin/python -m pytest $(or $(ONE),tests/stack); fi; \
		result=$$?; $(TEST_STACK) $(RUN) stop; exit $$result

test-stack-repeat: environments ## the tests of test-stack in rounds (TIMES=10; BUSY=1 beside busy processors)
	@$(RUN).repeat $(if $(filter 1,$(BUSY)),--busy) $(or $(TIMES),10) $(MAKE) --no-print-directory test-stack

mutants: .venv/installed ## break the code in small ways that the fast tests must notice (ONLY=part of a name)
	.venv/bin/python -m tests.mutants $(if $(ONLY),--only "$(ONLY)")

check: environments .venv-checkov/installed ## lint, types, import contracts, templates, what is assembled
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/cfn-lint
	.venv-checkov/bin/checkov --config-file .checkov.yaml
	AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint
	.venv/bin/python -m infra.assemble --check

format: .venv/installed ## put the code into the house's form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: .venv/installed ## lock the dependencies of pyproject.toml (UPGRADE=1 takes the newest)
	$(LOCK) pyproject.toml --output-file layers/tingjian/requirements.txt
	$(LOCK) --group analytics --output-file layers/analytics/requirements.txt
	$(LOCK) pyproject.toml --group dev --constraint layers/tingjian/requirements.txt \
		--constraint layers/analytics/requirements.txt --output-file requirements-dev.txt
	$(LOCK) --group bench --constraint requirements-dev.txt --output-file requirements-bench.txt
	$(LOCK) --group local --output-file requirements-local.txt
	$(LOCK) --group sam --output-file requirements-sam.txt
	$(LOCK) --group checkov --output-file requirements-checkov.txt

build: environments ## build for AWS (PARAMETERS="PythonRuntime=python3.12")
	.venv-sam/bin/sam build --parallel $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))

deploy: build ## deploy to AWS with your credentials, asking for what it must know
	.venv-sam/bin/sam deploy --guided

assemble: .venv/installed ## write what is made of the features' declarations: tables, routes, roles, documents, texts
	.venv/bin/python -m infra.assemble

bench: environments ## measure, and write docs/benchmarks.md (QUICK=1 only shows that the benches run)
	.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-bench.txt
	.venv/bin/python -m tests.bench $(if $(QUICK),--quick)

demo-import: run ## import the event log of the demo into the local stack and make its monthly reports
	.venv/bin/tingjian demo-import

clean: ## delete builds and caches; environments and local data stay
	rm -rf .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

environments:
	@sh infra/local/python.sh infra/local/environments.py .venv .venv-local .venv-sam

.venv-checkov/installed: requirements-checkov.txt
	@sh infra/local/python.sh infra/local/environments.py .venv-checkov

.venv/installed: requirements-dev.txt pyproject.toml
	@sh infra/local/python.sh infra/local/environments.py .venv
