# Sourced from the project's root: sets $python to an interpreter with the engine's torch, which the first call installs in target/devices, 5.4 GB, because
# PyPI has torch 2.7.1 for Linux with its CUDA libraries alone.
folder=target/devices
if ! cmp -s src/test/devices/requirements.txt "$folder/installed"; then
  rm -rf "$folder"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --no-compile --requirement src/test/devices/requirements.txt
  cp src/test/devices/requirements.txt "$folder/installed"
fi
python=$PWD/$folder/venv/bin/python
# One thread: the shapes are small, and threads that wait for each other would spin on a busy machine.
export OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 PYTHONPYCACHEPREFIX=$PWD/$folder/pycache
