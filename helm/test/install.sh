#!/usr/bin/env bash
# Installs, upgrades and removes the chart on a real API server with each values file. There are no nodes: admission, validation and field ownership
# are real, but no pods run. Builds kube-apiserver and etcd from their Go modules, which takes 15 minutes on two cores the first time.
set -euo pipefail
cd "$(dirname "$0")"
source versions.sh
tools="${ANNEAL_HELM_TOOLS:-$PWD/../../target/helm}"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"
(cd tools && go build -o "$tools/" helm.sh/helm/v4/cmd/helm)
(cd apiserver && nice -n 10 go build -o "$tools/etcd" go.etcd.io/etcd/server/v3)
(cd apiserver && nice -n 10 go build -ldflags "-X k8s.io/component-base/version.gitVersion=$KUBERNETES" -o "$tools/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl)

state="$(mktemp -d)"
etcd_port=23790
port=26443
pids=()
# Killed at once: nothing of theirs is kept, and the API server would wait for its watches.
trap 'kill -9 "${pids[@]}" 2>/dev/null; sleep 1; rm -rf "$state"' EXIT

"$tools/etcd" --data-dir "$state/etcd" --unsafe-no-fsync --log-level error \
  --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
  --listen-peer-urls http://127.0.0.1:0 > "$state/etcd.log" 2>&1 &
pids+=($!)
disown
openssl genrsa -out "$state/key.pem" 2048 2>/dev/null
echo "secret,admin,admin,system:masters" > "$state/tokens"
"$tools/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd_port" --cert-dir "$state/certificates" --secure-port "$port" --bind-address 127.0.0.1 \
  --service-cluster-ip-range 10.0.0.0/24 --service-account-issuer https://anneal.test --authorization-mode RBAC --token-auth-file "$state/tokens" \
  --service-account-key-file "$state/key.pem" --service-account-signing-key-file "$state/key.pem" > "$state/apiserver.log" 2>&1 &
pids+=($!)
disown

export KUBECONFIG="$state/kubeconfig"
cat > "$KUBECONFIG" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:$port", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: secret}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
YAML
kubectl() { "$tools/kubectl" "$@"; }
helm() { "$tools/helm" "$@"; }

for try in $(seq 60); do
  kubectl get --raw /readyz > /dev/null 2>&1 && break
  [ "$try" -lt 60 ] || { tail -20 "$state/apiserver.log"; exit 1; }
  sleep 1
done
echo "API server $(kubectl version -o json | sed -n 's/.*"gitVersion": "\(.*\)",/\1/p' | tail -1)"

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

  try "$name: apply, server-side dry run" bash -c "'$tools/helm' template anneal ../anneal -n '$name' -f '$values' | '$tools/kubectl' -n '$name' apply --server-side --dry-run=server -f -"
  try "$name: helm install --dry-run=server" helm install anneal ../anneal -n "$name" -f "$values" --dry-run=server
  # Hooks wait for a Job that nothing runs here.
  try "$name: helm install" helm install anneal ../anneal -n "$name" -f "$values" --no-hooks
  try "$name: pods" restricted "$name"
  try "$name: helm upgrade" helm upgrade anneal ../anneal -n "$name" -f "$values" --no-hooks --set api.replicas=3 --set-json 'config={"anneal":{"queue":{"lease":"80s"}}}'
  try "$name: three pods after the upgrade" test "$(kubectl -n "$name" get deployment -l app.kubernetes.io/component=api -o jsonpath='{.items[0].spec.replicas}')" = 3
  try "$name: helm rollback" helm rollback anneal 1 -n "$name" --no-hooks
  kept="$(kubectl -n "$name" get persistentvolumeclaims -o jsonpath='{range .items[?(@.metadata.annotations.helm\.sh/resource-policy=="keep")]}{.metadata.name} {end}')"
  try "$name: helm uninstall" helm uninstall anneal -n "$name" --no-hooks
  left="$(kubectl -n "$name" get persistentvolumeclaims -o go-template='{{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}} {{end}}{{end}}')"
  try "$name: after the uninstall the claims $left are left, not $kept" test "$left" = "$kept"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
