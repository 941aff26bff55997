#!/usr/bin/env bash
# Starts docker-compose.yml under a separate project name, trains a model there with the Python SDK, and prints the results of the Training
# dashboard's queries meanwhile:   src/test/compose/run.sh [MODEL_DIRECTORY]
# MODEL_DIRECTORY is a Hugging Face folder ORG/NAME to train; without one, the bundled model. Needs Docker with compose, and python3 with venv. Images are
# the compose file's; without a registry, base-images.sh builds some and LOCAL_IMAGES=1 uses them, without Grafana.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
project=anneal-check
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
{
  for name in POSTGRES_PASSWORD ANNEAL_OWNER_PASSWORD ANNEAL_DATABASE_PASSWORD ANNEAL_VIEWER_PASSWORD GRAFANA_PASSWORD; do echo "$name=$(random)"; done
  echo "ANNEAL_API_KEYS=team:$(random)"
  echo "ANNEAL_SECRETS_KEYS=k1:$(head -c 32 /dev/urandom | base64)"
  echo "ANNEAL_PORT=18080"; echo "ANNEAL_MANAGEMENT_PORT=18081"; echo "PROMETHEUS_PORT=19090"; echo "GRAFANA_PORT=13000"
  if [ -n "${LOCAL_IMAGES:-}" ]; then
    echo BUILD_IMAGE=local/java:17; echo RUNTIME_IMAGE=local/java:25; echo POSTGRES_IMAGE=local/postgres:17; echo PROMETHEUS_IMAGE=local/prometheus:latest
  fi
} >"$work/env"
compose() { docker compose --project-name "$project" --env-file "$work/env" "$@"; }
stop() {
  status=$?
  [ "$status" = 0 ] || compose logs --tail 40
  compose down --volumes --timeout 60 >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop EXIT

services="postgres migrate api worker prometheus"
[ -n "${LOCAL_IMAGES:-}" ] || services="$services grafana"
# If the network has its own certificates, the build needs them.
compose build ${BUILD_FLAGS:-} migrate
compose up --detach --wait --wait-timeout 180 api worker prometheus ${services##*prometheus}
compose ps

model=anneal-tiny
if [ -n "${1:-}" ]; then
  model=$(basename "$(dirname "$(realpath "$1")")")/$(basename "$(realpath "$1")")
  compose exec -T worker mkdir -p "/var/lib/anneal/models/$model"
  tar --create --dereference --directory "$1" . | compose exec -T worker tar --extract --no-same-owner --directory "/var/lib/anneal/models/$model"
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet openai
export COMPOSE_ENV=$work/env COMPOSE_PROJECT_NAME=$project
"$work/venv/bin/python" src/test/compose/walk.py "$model"
