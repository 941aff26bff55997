#!/usr/bin/env bash
# Trains while a real MLflow server is told of it, is killed and comes back: src/test/mlflow/run.sh, after ./mvnw package. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
service=
stop() {
  if [ -n "$service" ]; then
    kill "$service" 2>/dev/null || true
    wait "$service" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/mlflow/requirements.txt

export MLFLOW_WORK=$work MLFLOW_PORT
MLFLOW_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
ANNEAL_HOME=$work/home ANNEAL_WORKER_POLLINTERVAL=500ms ANNEAL_MLFLOW_URL=http://127.0.0.1:$MLFLOW_PORT ANNEAL_MLFLOW_INTERVAL=500ms \
  SERVER_PORT=0 MANAGEMENT_SERVER_PORT=0 java -Xmx512m -jar target/anneal.jar > "$work/log" 2>&1 &
service=$!
for _ in $(seq 120); do
  ports=$(sed -n 's/.*Tomcat started on port \([0-9]*\) .*/\1/p' "$work/log")
  if [ "$(wc -w <<< "$ports")" = 2 ]; then
    break
  fi
  if ! kill -0 "$service" 2>/dev/null; then
    cat "$work/log"
    exit 1
  fi
  sleep 1
done
read -r ANNEAL_API ANNEAL_ACTUATOR <<< "$(tr '\n' ' ' <<< "$ports")"
export ANNEAL_API ANNEAL_ACTUATOR
"$work/venv/bin/python" src/test/mlflow/check.py || { tail -n 40 "$work/log" "$work/server.log"; exit 1; }
