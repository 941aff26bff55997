#!/usr/bin/env bash
# Engine against transformers + PEFT + TRL on the same work: bench/run.sh MODEL_DIR [--pairs N] [--steps N]
set -euo pipefail
bench=$(dirname "$(readlink -f "$0")")
python=${BENCH_PYTHON:-$bench/.venv/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv "$bench/.venv"
  "$bench/.venv/bin/pip" install --quiet --requirement "$bench/requirements.txt"
fi
exec "$python" "$bench/compare.py" "$@"
