# Everything that is needed is installed into .venv first; a target says what it does in its first
# line, which `make help` lists. Relative paths only, so that the folder may be named with spaces or
# in any script.

# Not ?=, which would take them from the environment, where others mean something else by them.
PYTHON = python3.13 python3.12 python3.11
CORES = $(shell .venv/bin/python -m stages.jobs.machine 2> /dev/null)
STUDY = quickstart
RUN =
export PATH := .venv/bin:$(PATH)
# What these lead to is not in .venv.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PIP_PREFIX PIP_TARGET PIP_USER

# Snakemake and DVC end in a traceback where who runs them has no name, or no home that can be
# written in, as in containers that run as any number.
ifeq ($(shell test -n "$$HOME" && test -d "$$HOME" && test -w "$$HOME" && echo yes),)
export HOME := $(CURDIR)/.snakemake/home
endif
ifneq ($(shell id -un > /dev/null 2>&1 || echo nameless),)
export LOGNAME := $(or $(LOGNAME),unknown)
endif

# The program's name where it can make .venv, else nothing. It is run to find out, because pyenv has
# programs on the path that only say "command not found", and one that was built where a library's
# headers are missing lacks its module.
modules = bz2, ctypes, lzma, sqlite3, ssl
usable = $(shell $(1) -c 'import ensurepip, $(modules), sys; \
    assert (3, 11) <= sys.version_info < (3, 14)' 2> /dev/null && echo '$(1)')
python = $(or $(firstword $(foreach program,$(PYTHON),$(call usable,$(program)))), \
    $(error none of "$(PYTHON)" runs and is Python 3.11, 3.12 or 3.13 with its modules venv, \
    $(modules); \
    install one, or name yours: make PYTHON=/path/to/python3.13))

# Whether .venv was made in another place, and its folder moved or copied since: its programs name
# the Python there.
moved = $(shell test -s .venv/installed \
    && test "$$(cat .venv/installed)" != "$$(readlink -f .venv)" && echo moved)

.PHONY: help setup report test lint use pull adopt check-files doctor results verify same-bytes \
    benchmark gpu-check gpu-bundle lock clean moved

help: ## list the targets (this one is the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

report: .venv/installed ## train the study of params.yaml and write its report (CORES=2: on 2 cores)
	snakemake --cores $(CORES)
	@python -c 'from pathlib import Path; from stages.study.study import load; \
	    print("The report: reports/%s/index.html" % load(Path("params.yaml")).study)'

setup: .venv/installed ## build .venv; let DVC work in a folder without git, too (a ZIP download)
	python -m stages.jobs.git

test: .venv/installed ## run all tests, whole workflows by both engines among them
	python -m pytest

lint: .venv/installed ## check the style of Python and Snakemake code
	ruff check
	ruff format --check
	snakefmt --check Snakefile
	snakemake --lint

use: .venv/installed ## make STUDY=NAME of studies/ the study of params.yaml
	python -m stages.workflow.use --study studies/$(STUDY).yaml --params params.yaml

pull: .venv/installed ## fetch what others made of this study; nothing is left to do
	python -m stages.workflow.engines --pull

adopt: .venv/installed ## tell DVC of what Snakemake has made, where a run could not
	python -m stages.workflow.engines

check-files: .venv/installed ## read every file of the study; list what is damaged or missing
	python -m stages.workflow.check_files

doctor: .venv/installed ## say what would run where, and why: a bug report can start with it
	python -m stages.workflow.doctor

results: .venv/installed ## keep in docs/results/ what STUDY=NAME of studies/ found
	python -m stages.page.results --studies studies --name $(STUDY) --reports reports --runs runs \
	    --template reports/summary.md.j2 --results docs/results

verify: .venv/installed ## train RUN=runs/STUDY/DATASET/RUNG again from its commit, compare bytes
	python -m stages.workflow.verify --run $(RUN)

same-bytes: .venv/installed ## prove that engines and cores change no byte (runs the study 3 times)
	tests/same_bytes.sh

benchmark: .venv/installed ## measure the speed beside other ways to train (half an hour on 2 cores)
	python -m benchmarks

gpu-check: .venv/installed ## check and measure this machine's GPU
	python -m benchmarks.gpu_check

gpu-bundle: .venv/installed ## write a folder with the same check for a machine without a network
	python -m benchmarks.gpu_bundle

lock: .venv/installed ## write requirements.lock anew from pyproject.toml; keeps versions that fit
	python -m uv pip compile --quiet --universal --generate-hashes --no-header \
	    --python-version 3.11 --group dev --output-file requirements.lock pyproject.toml
	sed -i '/^  - pip:/q' environment.yaml
	grep '^[a-z]' requirements.lock \
	    | sed 's/ *\\*$$//; s/.*/      - "&"/; s/ (/\n          (/g' >> environment.yaml

clean: ## remove what was made, but neither downloads nor DVC's cache; say what is there
	rm -rf runs reports/*/ logs .snakemake data/normalized
	@test ! -e .venv/installed || python -m stages.jobs.store

# .venv is made anew only where it is of another Python, or of another place. Bytecode is compiled
# here, once: each stage is a process, and where PYTHONDONTWRITEBYTECODE is set, each would compile
# torch for itself. Where .venv is a link, Python makes none there, but where it leads.
.venv/installed: requirements.lock $(if $(moved),moved)
	@test ! -L .venv || test -e .venv/installed || test -z "$$(ls -A .venv/ 2> /dev/null)" || { \
	    echo "error: .venv is a link to a folder with something else; empty it, or remove the link"; \
	    exit 1; }
	@test -z "$(moved)" && test "$$(.venv/bin/python --version 2>&1)" = "$$($(python) --version)" \
	    || $(python) -c 'import os, venv; venv.main(["--clear", os.path.realpath(".venv")])'
	.venv/bin/python -m pip install --quiet --no-user "$$(grep -o '^uv==[^ ]*' requirements.lock)"
	.venv/bin/python -m uv pip sync --quiet --require-hashes --compile-bytecode \
	    --python .venv/bin/python requirements.lock
	.venv/bin/python -m stages.jobs.git
	@readlink -f .venv > $@

moved:
