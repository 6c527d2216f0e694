#!/usr/bin/env bash
# Prove that the same study gives the same bytes: by `snakemake` on all cores, by
# `snakemake --cores 1`, and by `dvc repro` alone, each in a clone of its own. What a clock measured
# is left out: cost.json, tables and figures named so, the page, which shows them, and the records
# that hold the hashes of these.
#
#     tests/same_bytes.sh [STUDY.yaml]
#
# The default is the study of params.yaml; needs the programs of .venv, there or on the PATH.
set -euo pipefail
# With it, `cd` may go elsewhere, and prints where.
unset CDPATH

here=$(cd "$(dirname "$0")/.." && pwd)
study=$(realpath "${1:-$here/params.yaml}")
# make's is relative, and every run here is in another folder.
export PATH="$here/.venv/bin:$PATH"
work=$(mktemp -d)
whole='
import pathlib, sys
from stages.workflow import use
print(use.whole(pathlib.Path(sys.argv[1]).read_text("utf-8")), end="")
'
trap 'rm -rf "$work"' EXIT

# A hook or an alias of git sets these, and git would go into the repository that they name.
unset "${!GIT_@}"

clone() {
    if [ -e "$here/.git" ]; then
        git clone --quiet "$here" "$1"
    else # a ZIP download
        mkdir "$1"
        tar -C "$here" -c --exclude=./{.venv,.snakemake,.dvc/cache,.dvc/tmp,data,runs,logs} \
            --exclude='./reports/*/*' . | tar -C "$1" -x
        (cd "$1" && python -m stages.jobs.git)
    fi
}

run_in_clone() {
    clone "$work/$1"
    (cd "$here" && python -c "$whole" "$study") >"$work/$1/params.yaml"
    # Clones may share DVC's cache, and with it the store of what was trained once.
    mkdir -p "$work/$1/config"
    echo 'store: false' >"$work/$1/config/store.yaml"
    if ! (cd "$work/$1" && "${@:2}" >"$work/$1.log" 2>&1); then
        tail -20 "$work/$1.log"
        echo "$1: failed"
        exit 1
    fi
    (cd "$work/$1" && find data runs reports/*/ -type f \
        ! -name '*cost.*' ! -name train.json ! -name report.json \
        ! -name index.html ! -name .snakemake_timestamp -print0 |
        sort -z | xargs -0 sha256sum) >"$work/$1.sums"
    echo "$1: $(wc -l <"$work/$1.sums") files, $(sha256sum <"$work/$1.sums" | cut -c1-16)"
}

run_in_clone all-cores snakemake --cores all
# These two keep one core busy each.
run_in_clone one-core snakemake --cores 1 &
first=$!
run_in_clone dvc dvc repro &
second=$!
wait "$first"
wait "$second"

for other in one-core dvc; do
    if ! diff "$work/all-cores.sums" "$work/$other.sums"; then
        echo "different bytes: all-cores and $other"
        exit 1
    fi
done
echo "same bytes"
