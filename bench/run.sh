#!/usr/bin/env bash
# bench/run.sh all|speed|signs|ranks|generation|grpo|drafts|growth|fidelity|parts|int8|gguf|api|estimate|limits|counts|roofline ARGS...: bench/README.md says what each measures
set -euo pipefail
bench=$(dirname "$(readlink -f "$0")")
name=${1:-}
if [ "$name" = counts ] || [ "$name" = roofline ]; then
  cd "$bench/.."
  . src/test/devices/venv.sh
  exec "$python" src/test/devices/counts.py "$@"
fi
if [ ! -f "$bench/$name.py" ]; then
  echo "usage: bench/run.sh all|speed|signs|ranks|generation|grpo|drafts|growth|fidelity|parts|int8 MODEL_DIR [OPTIONS]   or   bench/run.sh gguf MERGED_DIR FILE...   or   bench/run.sh api [URL] [OPTIONS]   or   bench/run.sh estimate MODEL [URL] [OPTIONS]   or   bench/run.sh limits MODEL LIMIT_MIB [URL] [OPTIONS]   or   bench/run.sh counts|roofline [OPTIONS]" >&2
  exit 2
fi
shift
if [ "$name" = api ] || [ "$name" = estimate ] || [ "$name" = limits ]; then
  exec python3 "$bench/$name.py" "$@"
fi
. "$bench/venv.sh"
if [ "$name" = gguf ]; then
  "$python" -c "import llama_cpp" 2>/dev/null || "$python" -m pip install --quiet llama-cpp-python==0.3.36
fi
exec "$python" "$bench/$name.py" "$@"
