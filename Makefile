# Each target does all its own set-up, once; see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Compiled when it is first run: nearly half of the time would go into compiling what never is.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt
# And kept then, whatever is set around: else each process would compile all that it runs again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: catalogues setup run test lint ask bench-quality bench-speed clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) torch
	$(INSTALL) -e '.[dev]'
	touch $(READY)

run: $(READY)  ## index corpus/ if nothing is, and start the bot; without a token, in the terminal
	@if $(BIN)/python -m index stats 2>&1 | grep -q 'nothing is indexed'; \
	then $(BIN)/python -m index build; fi
	@if [ -n "$$TELEGRAM_BOT_TOKEN" ] || grep -qs '^TELEGRAM_BOT_TOKEN=.' .env; \
	then exec $(BIN)/python -m bot; else exec $(BIN)/python -m index chat; fi

# Reordered, the files with fewest tests come last: those are the longest, and one core waits.
test: $(READY)  ## each file's tests in one process, one more at once than there are cores, at most 4
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

ask: $(READY)  ## make ask Q="How many users does Telegram have?"
	@test -n "$(Q)" || { echo 'say what to ask: make ask Q="How many users does Telegram have?"' >&2; exit 2; }
	@$(BIN)/python -m index ask "$(Q)"

bench-quality: $(READY)  ## the answers beside those of three peers; takes about half an hour
	$(INSTALL) -e '.[bench]'
	$(BIN)/python -m tests.bench_quality

bench-speed: $(READY)  ## how long a question takes, over ever more passages
	$(BIN)/python -m tests.bench_speed

catalogues: $(READY)  ## bring bot/wording/locale up to date with what the bot says; translate, then again
	$(BIN)/pybabel extract --no-default-keywords -k say -k html -k count:1,2 \
		--add-location=file --no-wrap -o clipdesk.pot bot
	$(BIN)/pybabel update -D clipdesk -i clipdesk.pot -d bot/wording/locale \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel compile -D clipdesk -d bot/wording/locale
	rm clipdesk.pot

clean:  ## the virtual environment, caches and build leftovers; never var/
	rm -rf $(VENV) *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
