#!/usr/bin/env bash
# Two pods train one job on a cluster of one node (project.sh says what that needs): both compute, each of them is deleted once, and the job succeeds.
set -euo pipefail
cd "$(dirname "$0")"
source cluster.sh
source node.sh
source project.sh

pods() { kubectl -n tuning get pods -l anneal.dev/worker-group=pair --field-selector status.phase=Running -o jsonpath='{range .items[*]}{.metadata.name}{"\n"}{end}'; }
# Engine processes of a pod; the brackets keep the search itself out.
engines() { kubectl -n tuning exec "$1" -c worker -- sh -c "grep -l 'engine.run.Engine[M]ain' /proc/[0-9]*/cmdline 2>/dev/null | wc -l"; }
# ask SELECT...: of the database
ask() { kubectl -n tuning exec anneal-postgres-0 -- psql -U postgres -d anneal -At -c "$1"; }
holder() { ask "SELECT lease_owner FROM work WHERE kind = 'TRAIN' AND state = 'RUNNING'"; }
# until_step JOB STEP: at most five minutes
until_step() {
  local step
  for _ in $(seq 150); do
    step="$(bin/anneal jobs show "$1" --json | command jq '.anneal.step // 0')"
    [ "$step" -lt "$2" ] || return 0
    sleep 2
  done
  echo "the job is at step $step after five minutes, not at $2"
  return 1
}
both_compute() {
  local pod
  for pod in $(pods); do
    [ "$(engines "$pod")" = 1 ] || { echo "$pod runs $(engines "$pod") engine processes, not 1"; return 1; }
  done
  [ "$(pods | wc -l)" = 2 ]
}

group() {
  echo '--- Two pods of a group'
  helm upgrade anneal helm/anneal -n tuning -f values.yaml --set worker.group=pair,worker.replicas=2 --wait --timeout 10m
  # Helm does not wait for a replica that starts later.
  kubectl -n tuning rollout status deployment/anneal-worker --timeout 5m
  job="$(bin/anneal jobs create --model anneal-tiny --train "$data/tickets.train.jsonl" --steps 600 --devices 2 --suffix pair)"
  until_step "$job" 20
  both_compute

  echo '--- The pod that only takes part is deleted'
  kubectl -n tuning delete pod "$(pods | grep -vx "$(holder)")"
  step="$(bin/anneal jobs show "$job" --json | command jq '.anneal.step // 0')"
  until_step "$job" $((step + 20))
  both_compute

  echo '--- The pod that holds the job is deleted'
  kubectl -n tuning delete pod "$(holder)"
  bin/anneal jobs watch "$job"
  [ "$(bin/anneal jobs show "$job" --json | jq -r .status)" = succeeded ]
  bin/anneal jobs logs "$job"
  # One attempt for each pod that was deleted, and the last.
  attempts="$(ask "SELECT a.lease_token, a.worker, a.outcome, a.step, a.saved_step, a.error ->> 'code' FROM attempt a JOIN work ON id = work_id WHERE devices = 2 ORDER BY 1")"
  echo "$attempts"
  [ "$(wc -l <<< "$attempts")" = 3 ]
}

start_cluster
blocks '5\.' > "$state/blocks"
echo group >> "$state/blocks"
run "$state/blocks" "helm/test/group.sh"
