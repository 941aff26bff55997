#!/usr/bin/env bash
# Runs the blocks of docs/guides/kubernetes.md on a cluster of one node, this machine: API server, controllers, containerd, kubelet, kube-proxy and DNS, built
# from their Go modules (half an hour on two cores the first time). As root after ./mvnw package, with Go 1.26, docker and its plugin buildx, runc, iptables, nftables, conntrack, jq.
# Without an image registry, base-images.sh of src/test/compose makes the base images, and LOCAL_IMAGES=1 gives them the official names.
set -euo pipefail
cd "$(dirname "$0")"
source cluster.sh
source node.sh
project="$(cd ../.. && pwd)"
check_machine
if [ -n "${LOCAL_IMAGES:-}" ]; then
  docker tag local/java:17 "$(sed -n 's/^ARG BUILD_IMAGE=//p' "$project/Dockerfile")"
  docker tag local/java:25 "$(sed -n 's/^ARG RUNTIME_IMAGE=//p' "$project/Dockerfile")"
  docker tag local/postgres:17 postgres:17.11-trixie
else
  docker pull --quiet postgres:17.11-trixie
fi
start_api_server
start_node
load_image postgres:17.11-trixie
volume first 5Gi
volume second 5Gi

# Where the guide has a registry.
docker() {
  command docker "$@"
  [ "$1" != build ] || load_image anneal:0.1.0
}
# A value that is missing is a failure.
jq() { command jq --exit-status "$@"; }

export XDG_CONFIG_HOME="$state/config"
python3 "$project/src/test/guides/blocks.py" "$project/docs/guides/kubernetes.md" > "$state/blocks"
mkdir "$state/clone"
(cd "$project" && git ls-files --cached --others --exclude-standard -z | xargs --null cp --parents --target-directory "$state/clone")
ln -s "$project/target" "$state/clone/target"
cd "$state/clone"
SECONDS=0
# Not after ||, which would switch -e off within.
set +e
(
  set -e
  source "$state/blocks"
) < /dev/null
status=$?
set -e
if [ "$status" != 0 ]; then
  kubectl get pods,events --all-namespaces || true
  kubectl -n tuning logs --all-containers --prefix --tail 40 -l app.kubernetes.io/name=anneal || true
  echo "docs/guides/kubernetes.md failed"
  exit 1
fi
echo "docs/guides/kubernetes.md: $(grep -c '^echo .---' "$state/blocks") blocks in $SECONDS s on Kubernetes $KUBERNETES"
