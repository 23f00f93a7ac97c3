# Two words are enough to begin: `make demo` and `make test`. Both need make and Python 3.11 with venv, nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint story tellings bench bench-exports soak fmt lock pictures panel-words env-example fresh clean

demo: $(READY) ## everything, with a phone to try it; Ctrl-C stops it, the data stays in .data
	@$(BIN)/python -m bot.sandbox.demo

test: $(READY) ## all tests, with their own PostgreSQL and Redis, the panel's in Chromium; ARGS="-k words" for some
	@sh tests/support/chromium.sh
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## style, types and the arrows between the packages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

story: $(READY) ## five phones play three cycles of a circle through HTTP
	@$(BIN)/python -m bot.sandbox.story $(ARGS)

tellings: $(READY) ## the same story on every channel in every language, about half an hour
	@AJO_TELLINGS=all $(BIN)/python -m pytest tests/story/test_story_on_chats.py $(ARGS)

bench: $(READY) ## how fast a hop is
	@$(BIN)/python -m bench

bench-exports: $(READY) ## how long a hundred thousand members take as a file, and that they take no memory
	@$(BIN)/python -m bench.exports $(ARGS)

soak: $(READY) ## money against broken providers and deaths by chance, for long; SOAK_SEEDS=200 AJO_HISTORIES=500
	@$(BIN)/python -m pytest tests/soak/soak.py tests/models/test_histories.py $(ARGS)

fmt: $(READY)
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

lock: $(READY) ## after a change of the dependencies in pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --python-platform linux --quiet --no-header \
		--generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.lock

pictures: $(READY) ## the pictures of the README, from a running demo, in Chromium
	@$(BIN)/python -m tests.support.pictures

panel-words: $(READY) ## after a change of the panel's sentences: the template for its translators
	@$(BIN)/python -m bot.panel.extract > bot/panel/locale/panel.pot

env-example: $(READY) ## after a change of the settings
	@$(BIN)/python -m bot.setting_example > .env.example

fresh: $(READY) ## proves that a clone with an empty home runs make demo and make test; ARGS="-k words" or ARGS=--no-tests
	@$(BIN)/python -m tests.fresh $(ARGS)

clean: ## the libraries and the caches, not the data
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 13) or sys.exit("Python 3.11 or 3.12 is needed; try make PYTHON=python3.11")'
	@test -x $(BIN)/python || echo "Making a virtual environment in .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the libraries, about half a minute, only this once ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@touch $@
