#!/usr/bin/env bash
# Installs, upgrades and removes the chart on a real API server with each values file. There are no nodes: admission, validation and field ownership
# are real, but no pods run. Builds kube-apiserver and etcd from their Go modules, which takes 15 minutes on two cores the first time.
set -euo pipefail
cd "$(dirname "$0")"
source cluster.sh
start_api_server

mkdir "$state/crds"
custom_resources "$state/crds"
kubectl apply --server-side -f "$state/crds" > /dev/null
kubectl wait --for condition=Established --timeout 60s -f "$state/crds" > /dev/null

passed=0
failed=0
try() {
  local what="$1"
  shift
  if "$@" > "$state/out" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what"; tail -20 "$state/out"; fi
}

restricted() {
  # The standard is enforced on pods, which no controller creates here: submit a pod of each template instead.
  kubectl -n "$1" get deployments,jobs,scaledjobs.keda.sh,statefulsets -o json > "$state/workloads.json"
  "$tools/podsof" < "$state/workloads.json" > "$state/pods.json"
  kubectl -n "$1" create --dry-run=server -f "$state/pods.json"
}
(cd tools && go build -o "$tools/" ./podsof)

for values in values/*.yaml; do
  name="$(basename "$values" .yaml)"
  kubectl create namespace "$name" > /dev/null
  kubectl create priorityclass batch --value 1 > /dev/null 2>&1 || true
  # Only hostPath violates the restricted standard; helm/test/values says which file uses it.
  level=restricted
  ! grep -q hostPath "$values" || level=privileged
  kubectl label namespace "$name" "pod-security.kubernetes.io/enforce=$level" > /dev/null
  kubectl -n "$name" create serviceaccount default > /dev/null 2>&1 || true

  try "$name: apply, server-side dry run" bash -c "helm template anneal ../anneal -n '$name' -f '$values' | kubectl -n '$name' apply --server-side --dry-run=server -f -"
  try "$name: helm install --dry-run=server" helm install anneal ../anneal -n "$name" -f "$values" --dry-run=server
  # Hooks wait for a Job that nothing runs here.
  try "$name: helm install" helm install anneal ../anneal -n "$name" -f "$values" --no-hooks
  try "$name: pods" restricted "$name"
  try "$name: helm upgrade" helm upgrade anneal ../anneal -n "$name" -f "$values" --no-hooks --set api.replicas=3,api.autoscaling.enabled=false --set-json 'config={"anneal":{"queue":{"lease":"80s"}}}'
  try "$name: three pods after the upgrade" test "$(kubectl -n "$name" get deployment -l app.kubernetes.io/component=api -o jsonpath='{.items[0].spec.replicas}')" = 3
  try "$name: helm rollback" helm rollback anneal 1 -n "$name" --no-hooks
  kept="$(kubectl -n "$name" get persistentvolumeclaims -o jsonpath='{range .items[?(@.metadata.annotations.helm\.sh/resource-policy=="keep")]}{.metadata.name} {end}')"
  try "$name: helm uninstall" helm uninstall anneal -n "$name" --no-hooks
  left="$(kubectl -n "$name" get persistentvolumeclaims -o go-template='{{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}} {{end}}{{end}}')"
  try "$name: after the uninstall the claims $left are left, not $kept" test "$left" = "$kept"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
