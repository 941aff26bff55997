#!/usr/bin/env bash
# Runs every query of the dashboards, and the alerts' tests, against a service that trains: src/test/watch/run.sh, after ./mvnw package. Needs python3 with
# venv; takes Prometheus from the PATH, or unpacks Debian's package into a temporary folder (apt-get download, no installation).
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh

python3 src/main/grafana/dashboards.py --check
if ! command -v prometheus promtool > /dev/null; then
  (cd "$work" && apt_get download prometheus 2> /dev/null && dpkg-deb --extract prometheus_*.deb "$work/debian")
  PATH=$work/debian/usr/bin:$PATH
fi
promtool check rules helm/anneal/rules/anneal.yaml
promtool test rules src/test/watch/anneal.test.yaml
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/watch/requirements.txt

# Logs JSON, as in a container, and at DEBUG; in bf16, in which rollouts draft.
export WATCH_KEY=watch-key-$RANDOM$RANDOM$RANDOM$RANDOM WATCH_GRADER_SECRET=grader-secret-$RANDOM$RANDOM$RANDOM WATCH_HOME=$work/home WATCH_LOG=$work/log
start_service ANNEAL_API_KEYS="watch:$WATCH_KEY" ANNEAL_WORKER_POLLINTERVAL=500ms ANNEAL_WORKER_NAME=watched ANNEAL_METRICS_QUEUEREFRESHINTERVAL=1s \
  ANNEAL_ENGINE_PRECISION=bf16 LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs LOGGING_LEVEL_DEV_ANNEAL=DEBUG
export WATCH_API=$api_port WATCH_ACTUATOR=$actuator_port

export WATCH_PROMETHEUS
WATCH_PROMETHEUS=$(free_port)
cat > "$work/prometheus.yml" <<EOF
global: {scrape_interval: 1s, evaluation_interval: 5s}
rule_files: [$PWD/helm/anneal/rules/anneal.yaml]
scrape_configs:
  - job_name: anneal
    metrics_path: /actuator/prometheus
    static_configs: [{targets: ['127.0.0.1:$WATCH_ACTUATOR'], labels: {namespace: watch, pod: watched}}]
EOF
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$WATCH_PROMETHEUS" --log.level=warn &
processes+=($!)
"$work/venv/bin/python" src/test/watch/watch.py
