#!/usr/bin/env bash
# What can be tested of the GPU kit without a GPU: src/test/devices/run.sh. Needs python3 with venv, g++ and libgloo-dev or the rights to
# install them with apt-get, and 5.4 GB in target/devices, which it keeps: PyPI has torch 2.7.1 for Linux with its CUDA libraries alone.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=src/test/devices
folder=target/devices

if ! cmp -s "$here/requirements.txt" "$folder/installed"; then
  rm -rf "$folder"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --no-compile --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$folder/installed"
fi
# One thread: the shapes are small, and threads that wait for each other would spin on a busy machine.
export OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 PYTHONPYCACHEPREFIX=$folder/pycache
PYTHON=$folder/venv/bin/python "$here/gpu.sh" --device cpu --small
"$folder/venv/bin/python" "$here/check_devices.py"
# The operators for process groups compile and link against this libtorch and its NCCL.
PATH=$PWD/$folder/venv/bin:$PATH src/main/native/build.sh --cuda "$folder"/venv/lib/python3*/site-packages
