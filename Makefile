# Everything that is needed is installed into .venv first; a target says what it does in its first line.
# Relative paths only, so that the folder may be named with spaces or in any script.

PYTHON ?= python3.11
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
STUDY ?= quickstart
export PATH := .venv/bin:$(PATH)

.PHONY: report setup test lint benchmark verify pull adopt use same-bytes clean

report: .venv/installed ## train the study of params.yaml, write and name its report
	snakemake --cores $(CORES)
	@python -c 'from pathlib import Path; from stages.study import load; print("The report: reports/%s/index.html" % load(Path("params.yaml")).study)'

setup: .venv/installed ## build .venv; let DVC work in a folder without git, too (a ZIP download)
	python -m stages.git

test: .venv/installed ## all tests, the whole workflow by both engines on a tiny study among them
	python -m pytest

lint: .venv/installed ## style of Python and Snakemake code
	ruff check
	ruff format --check
	snakefmt --check Snakefile
	snakemake --lint

benchmark: .venv/installed ## speed beside what one would write instead, half an hour on 2 cores; keep the machine quiet
	python -m benchmarks

verify: .venv/installed ## RUN=runs/STUDY/DATASET/RUNG: train it again from its recorded commit, in a fresh clone, and compare the bytes
	python -m stages.verify --run $(RUN)

pull: .venv/installed ## fetch what others made of this study; nothing is left to do
	python -m stages.engines --pull

adopt: .venv/installed ## after dvc pull, or a run that was cut off: take the files as made
	python -m stages.engines

use: .venv/installed ## make STUDY=name of studies/ the study of params.yaml
	python -m stages.use --study studies/$(STUDY).yaml --params params.yaml

same-bytes: .venv/installed ## prove that both engines, and any number of cores, give the same bytes (runs the study three times)
	tests/same_bytes.sh

clean: ## remove what was made, but neither downloads nor DVC's cache
	rm -rf runs reports/*/ logs .snakemake data/normalized

.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet "$$(grep -o '^uv==[^ ]*' requirements.lock)"
	.venv/bin/python -m uv pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock
	.venv/bin/python -m stages.git
	@touch $@
