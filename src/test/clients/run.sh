#!/usr/bin/env bash
# Runs the official SDKs against the built jar: src/test/clients/run.sh, after ./mvnw package. Needs python3 with venv, and node with npm.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/clients/python/requirements.txt
cp src/test/clients/node/* "$work"
npm install --prefix "$work" --silent --no-audit --no-fund
./mvnw --batch-mode --quiet dependency:build-classpath -Dmdep.outputFile="$work/classpath"

start_service
export OPENAI_BASE_URL=http://127.0.0.1:$api_port/v1 OPENAI_API_KEY=none
javac -proc:none -cp "$(cat "$work/classpath")" -d "$work/classes" src/test/clients/java/*.java
python() { "$work/venv/bin/python" "src/test/clients/python/$1.py" "${@:2}"; }
node() { command node "$work/$1.mjs" "${@:2}"; }
java() { command java -cp "$work/classes:$(cat "$work/classpath")" "${1^}" "${@:2}"; }
for client in python node; do
  "$client" webhooks anneal-tiny src/main/resources/demo/tickets.train.jsonl
done
python draft anneal-tiny src/main/resources/demo/tickets.{train,valid}.jsonl "$work/home" 32
for client in python node java; do
  "$client" submit anneal-tiny src/main/resources/demo/tickets.{train,valid}.jsonl
  "$client" prefer anneal-tiny src/main/resources/demo/preferences.{train,test}.jsonl
  "$client" reinforce anneal-tiny src/main/resources/demo/addition.{train,test}.jsonl
done
