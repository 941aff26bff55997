#!/usr/bin/env bash
# Compares pushes with those of the Hub's own client: src/test/hub/run.sh, after ./mvnw verify. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/hub/requirements.txt
./mvnw --batch-mode --quiet dependency:build-classpath -Dmdep.outputFile="$work/classpath"

java -cp "target/test-classes:target/classes:$(cat "$work/classpath")" dev.anneal.service.results.push.PushServerProcess > "$work/hub.json" 2> "$work/hub.log" &
processes+=($!)
for _ in $(seq 60); do
  [ -s "$work/hub.json" ] && break
  sleep 0.5
done
read -r HUB HUB_CONTROL HUB_TOKEN <<< "$(python3 -c 'import json, sys; at = json.load(sys.stdin); print(at["hub"], at["control"], at["token"])' < "$work/hub.json")"

start_service ANNEAL_WORKER_POLLINTERVAL=500ms ANNEAL_HUB_ENDPOINT="$HUB" ANNEAL_HUB_PUSHTOKEN="$HUB_TOKEN" ANNEAL_HUB_PUSHREPOS='acme/*'
# Xet is the Hub storage's own protocol; Anneal pushes as this client does with Xet disabled.
export HUB HUB_CONTROL HUB_TOKEN HUB_WORK=$work ANNEAL_API=$api_port HF_HOME=$work/hf HF_HUB_DISABLE_XET=1 HF_HUB_DISABLE_TELEMETRY=1 HF_HUB_DISABLE_PROGRESS_BARS=1
"$work/venv/bin/python" src/test/hub/check.py || { tail -n 20 "$work/hub.log" "$work/log"; exit 1; }
