#!/usr/bin/env bash
# src/test/devices/gpu.sh [--device cuda] [--small] [--minutes 8]: the engine's programs on a device, right and fast? gpu.py says more
set -euo pipefail
PYTHONWARNINGS=ignore exec "${PYTHON:-python3}" "$(dirname "$(readlink -f "$0")")/gpu.py" "$@"
