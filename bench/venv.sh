# Sourced by the benchmarks with $bench, their folder: sets $python to an interpreter with their libraries, which the first call installs.
python=${BENCH_PYTHON:-$bench/.venv/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv "$bench/.venv"
  "$bench/.venv/bin/pip" install --quiet --requirement "$bench/requirements.txt"
fi
