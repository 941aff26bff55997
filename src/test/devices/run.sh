#!/usr/bin/env bash
# What can be tested of the GPU kit without a GPU: src/test/devices/run.sh. Needs python3 with venv, g++ and libgloo-dev or the rights to
# install them with apt-get, and 5.4 GB in target/devices, which it keeps.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=src/test/devices
. "$here/venv.sh"

PYTHON=$python "$here/gpu.sh" --device cpu --small
"$python" "$here/check_devices.py"
"$python" "$here/check_fused.py"
"$python" "$here/check_delta.py"
"$python" "$here/counts.py" counts --check docs/performance.md
# The operators for process groups compile and link against this libtorch and its NCCL.
PATH=$PWD/$folder/venv/bin:$PATH src/main/native/build.sh --cuda "$folder"/venv/lib/python3*/site-packages
