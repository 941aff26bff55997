#!/usr/bin/env bash
# Breaks what workers stand on, and looks whether jobs fail for it: src/test/faults/run.sh [OUTAGE_SECONDS [SCENARIO...]], after ./mvnw package.
# The artifact store is away for so long, 60 seconds if nothing is said. Scenarios are models, bare and outage; all of them if none is named.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export PYTHONPATH=src/test/python PYTHONDONTWRITEBYTECODE=1
exec python3 src/test/faults/environment.py "$@"
