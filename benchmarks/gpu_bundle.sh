#!/usr/bin/env bash
# Check and measure this machine's GPU without a network: `bash run.sh` in what `make gpu-bundle`
# made. Needs Python 3.12 as python3, with torch and the other packages of BASE in
# benchmarks/gpu_bundle.py. Arguments go on to benchmarks.gpu_check; relative paths are relative to
# this folder.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
mkdir "$work/bin" "$work/packages"
# A link under another name would lose the packages of a virtual environment.
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v python3)" > "$work/bin/python"
chmod +x "$work/bin/python"

shopt -s nullglob
wheels=(wheels/*.whl)
if ((${#wheels[@]})); then
    python3 -m pip install -q --no-index --no-deps --no-compile \
        --root-user-action=ignore --target "$work/packages" "${wheels[@]}"
fi
export PATH="$work/bin:$work/packages/bin:$PATH"
export PYTHONPATH="$work/packages:$PWD/copied${PYTHONPATH:+:$PYTHONPATH}"
exec python -m benchmarks.gpu_check "$@"
