#!/usr/bin/env bash
# bench/forms.sh OPTIONS: bench/README.md says what it measures
set -euo pipefail
bench=$(dirname "$(readlink -f "$0")")
python=${BENCH_PYTHON:-$bench/.venv/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv "$bench/.venv"
  "$bench/.venv/bin/pip" install --quiet --requirement "$bench/requirements.txt"
fi
PYTHONPATH=$bench:$bench/evidence exec "$python" -m forms "$@"
