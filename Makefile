# make test   every test        make demo   the main job, end to end, into ./demo
# Both leave .venv/bin/timbrespace behind. PYTHON=... chooses the interpreter, 3.11 or newer.

CANDIDATES := python3 python3.13 python3.12 python3.11
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for python in $(CANDIDATES); do \
	$$python $(NEW_ENOUGH) 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
STAMP := $(VENV)/.installed
NODE_STAMP := node_modules/.installed
WITH_NODE := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" NODE_USE_SYSTEM_CA=1

.PHONY: test demo lint format clean venv-package packages

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) $(NEW_ENOUGH) || \
		{ echo "timbrespace needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory venv-package
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# What checks the studio's page: node and npm come with the Python packages, the rest by npm. None of it is
# the user's. Where npm cannot fetch it, the tests that need it say what is missing.
$(NODE_STAMP): package.json package-lock.json | $(STAMP)
	@$(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error && touch $@ || \
		echo "npm ci failed; the tests of the studio's JavaScript will, too" >&2

# Debian and its kin keep Python's venv in a package of its own.
venv-package:
	@echo "Python lacks venv; installing the package python3-venv"
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq python3-venv; \
	else echo "please install python3-venv first, then run make again" >&2; exit 1; fi

# What the tests use of the system: two browsers for pages, Pure Data and a C compiler for patches, PortAudio for
# sound devices, SuperCollider's language for its example. Where they may not be installed, the tests that need them say what is missing.
packages:
	@missing=; lean=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing=chromium; \
	command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing="$$missing firefox-esr"; \
	command -v pd >/dev/null || missing="$$missing puredata-core"; \
	test -e /usr/include/pd/m_pd.h || missing="$$missing puredata-dev"; \
	command -v gcc >/dev/null || missing="$$missing gcc libc6-dev"; \
	ldconfig -p 2>/dev/null | grep -q libportaudio || missing="$$missing libportaudio2"; \
	command -v sclang >/dev/null || lean=supercollider-language; \
	test -z "$$missing$$lean" || { \
		if [ "$$(id -u)" = 0 ]; then become=; else become='sudo -n'; fi; \
		install="$$become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq"; \
		command -v apt-get >/dev/null && $$become true 2>/dev/null && \
		echo "installing for the tests:" $$missing $$lean && \
		$$become apt-get update -qq && \
		{ test -z "$$missing" || $$install $$missing >/dev/null; } && \
		{ test -z "$$lean" || $$install --no-install-recommends $$lean >/dev/null; } || true; }

test: $(STAMP) $(NODE_STAMP) packages
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

demo: $(STAMP)
	$(VENV)/bin/timbrespace demo demo

lint: $(STAMP) $(NODE_STAMP)
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy src
	$(WITH_NODE) npm run --silent types
	$(WITH_NODE) npm run --silent lint

format: $(STAMP)
	$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) node_modules build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
