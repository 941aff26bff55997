#!/usr/bin/env bash
# bench/forms.sh OPTIONS: bench/README.md says what it measures
set -euo pipefail
bench=$(dirname "$(readlink -f "$0")")
. "$bench/venv.sh"
PYTHONPATH=$bench:$bench/evidence exec "$python" -m forms "$@"
