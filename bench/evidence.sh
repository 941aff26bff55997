#!/usr/bin/env bash
# bench/evidence.sh OPTIONS: bench/README.md says what it measures
set -euo pipefail
bench=$(dirname "$(readlink -f "$0")")
PYTHONPATH=$bench exec python3 "$bench/evidence" "$@"
