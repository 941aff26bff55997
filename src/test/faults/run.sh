#!/usr/bin/env bash
# Breaks the environment of workers and checks that jobs survive it: src/test/faults/run.sh [OUTAGE_SECONDS [SCENARIO...]], after ./mvnw package.
# OUTAGE_SECONDS is how long the artifact store is unavailable, by default 60. Scenarios are models, bare and outage; by default all of them.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export PYTHONPATH=src/test/python PYTHONDONTWRITEBYTECODE=1
exec python3 src/test/faults/environment.py "$@"
