#!/usr/bin/env bash
# Runs every query of the dashboards, and the alerts' tests, against a service that trains: src/test/watch/run.sh, after ./mvnw package. Needs python3 with
# venv; takes Prometheus from the PATH, or unpacks Debian's package into a temporary folder (apt-get download, no installation).
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
service=
prometheus=
stop() {
  for process in $service $prometheus; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

python3 src/main/grafana/dashboards.py --check
if ! command -v prometheus promtool > /dev/null; then
  (cd "$work" && apt-get download --quiet prometheus > /dev/null 2>&1 && dpkg-deb --extract prometheus_*.deb "$work/debian")
  PATH=$work/debian/usr/bin:$PATH
fi
promtool check rules helm/anneal/rules/anneal.yaml
promtool test rules src/test/watch/anneal.test.yaml
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/watch/requirements.txt

# Without LOGGING_…, SERVER_ADDRESS and keys of its own the service takes what a container has.
export WATCH_KEY=watch-key-$RANDOM$RANDOM$RANDOM$RANDOM WATCH_GRADER_SECRET=grader-secret-$RANDOM$RANDOM$RANDOM WATCH_HOME=$work/home WATCH_LOG=$work/log
touch "$WATCH_LOG"
ANNEAL_HOME=$WATCH_HOME ANNEAL_API_KEYS=watch:$WATCH_KEY ANNEAL_WORKER_POLL_INTERVAL=500ms ANNEAL_WORKER_NAME=watched ANNEAL_METRICS_QUEUE_REFRESH_INTERVAL=1s \
  SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 MANAGEMENT_SERVER_ADDRESS=127.0.0.1 MANAGEMENT_SERVER_PORT=0 \
  ANNEAL_OUTBOUND_ALLOWED_ADDRESSES=127.0.0.1 LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs LOGGING_LEVEL_DEV_ANNEAL=DEBUG \
  java -Xmx512m -jar target/anneal.jar > "$WATCH_LOG" 2>&1 &
service=$!
for _ in $(seq 120); do
  ports=$(sed -n 's/.*Tomcat started on port \([0-9]*\) .*/\1/p' "$WATCH_LOG")
  if [ "$(wc -w <<< "$ports")" = 2 ]; then
    break
  fi
  if ! kill -0 "$service" 2>/dev/null; then
    cat "$WATCH_LOG"
    exit 1
  fi
  sleep 1
done
read -r WATCH_API WATCH_ACTUATOR <<< "$(tr '\n' ' ' <<< "$ports")"
export WATCH_API WATCH_ACTUATOR

export WATCH_PROMETHEUS
WATCH_PROMETHEUS=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$work/prometheus.yml" <<EOF
global: {scrape_interval: 1s, evaluation_interval: 5s}
rule_files: [$PWD/helm/anneal/rules/anneal.yaml]
scrape_configs:
  - job_name: anneal
    metrics_path: /actuator/prometheus
    static_configs: [{targets: ['127.0.0.1:$WATCH_ACTUATOR'], labels: {namespace: watch, pod: watched}}]
EOF
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$WATCH_PROMETHEUS" --log.level=warn &
prometheus=$!
"$work/venv/bin/python" src/test/watch/watch.py
