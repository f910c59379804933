# `just` runs the tests and the linters in .venv; see CONTRIBUTING.md.

bin := if os_family() == "windows" { ".venv/Scripts" } else { ".venv/bin" }

default: test lint

# Make .venv with everything that development needs.
setup:
    python3 -m venv .venv
    {{bin}}/python -m pip install -q -U pip
    {{bin}}/python -m pip install -q -e . --group dev

# Run the tests, or some: just test tests/unit -k name
test *args:
    {{bin}}/pytest -q {{args}}

# Check style, types and layers.
lint:
    {{bin}}/ruff check
    {{bin}}/ruff format --check
    {{bin}}/mypy --strict
    {{bin}}/lint-imports

# Bring the formatting and the generated documents up to date.
fix: docs
    {{bin}}/ruff check --fix
    {{bin}}/ruff format

# Write docs/cli.md and docs/errors.md anew from the code.
docs:
    {{bin}}/python docs/generate.py

# Build the site of the pages, build/site, and check every link; without the network.
site *args:
    {{bin}}/python -m pip install -q --group docs
    {{bin}}/python docs/build_site.py {{args}}

# Measure against cp, sed, restic and others.
bench *args:
    {{bin}}/python -m benchmarks {{args}}

# All that must hold before a merge, in fresh environments.
ci:
    .ci/run

# Pin what is installed, anew, with hashes: requirements.lock.
lock:
    {{bin}}/python -m pip install -q uv
    {{bin}}/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock

# The steps of a release (docs/releasing.md): just release prepare, just release build dist
release *args:
    {{bin}}/python -m pip install -q --group release
    {{bin}}/python -m release {{args}}

# All that must hold and takes longer than a merge can wait, and one table of it.
trust *args:
    {{bin}}/python -m benchmarks.trust {{args}}
