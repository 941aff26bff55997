#!/usr/bin/env bash
# Trains and reports to a real MLflow server, which is killed and restarted meanwhile: src/test/mlflow/run.sh, after ./mvnw package. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/mlflow/requirements.txt

export MLFLOW_WORK=$work MLFLOW_PORT ANNEAL_API ANNEAL_ACTUATOR
MLFLOW_PORT=$(free_port)
start_service ANNEAL_WORKER_POLLINTERVAL=500ms ANNEAL_MLFLOW_URL="http://127.0.0.1:$MLFLOW_PORT" ANNEAL_MLFLOW_INTERVAL=500ms
ANNEAL_API=$api_port ANNEAL_ACTUATOR=$actuator_port
"$work/venv/bin/python" src/test/mlflow/check.py || { tail -n 40 "$work/log" "$work/server.log"; exit 1; }
