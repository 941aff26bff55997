#!/usr/bin/env bash
# Compares the encoder with transformers on the chat templates of trl and llama-cpp-python: src/test/templates/run.sh, after ./mvnw process-test-classes. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/templates/requirements.txt
# Only their files are read; nothing of them is built or run.
"$work/venv/bin/pip" download --quiet --no-deps --no-binary llama-cpp-python --dest "$work" --requirement src/test/templates/packages.txt
mkdir -p "$work/templates/trl" "$work/templates/llama-cpp"
unzip -qj "$work"/trl-*.whl 'trl/chat_templates/*.jinja' -d "$work/templates/trl"
tar xzf "$work"/llama_cpp_python-*.tar.gz -C "$work/templates/llama-cpp" --wildcards --strip-components=5 '*/models/templates/*.jinja'

./mvnw --batch-mode --quiet dependency:build-classpath -Dmdep.outputFile="$work/classpath"
# Some templates print the date: both sides use the same time zone.
TZ=UTC HF_HUB_OFFLINE=1 "$work/venv/bin/python" src/test/templates/check.py "$work" "target/test-classes:target/classes:$(cat "$work/classpath")" "$work"/templates/*/*.jinja
