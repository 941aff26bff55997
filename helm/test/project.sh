# Sourced after cluster.sh and node.sh: this project on the node.
#   start_cluster        with the images and volumes that the guide takes for granted
#   blocks [SECTION]     prints the blocks of docs/guides/kubernetes.md, or those before a section
#   run SCRIPT NAME      runs a script in a copy of the project
# After ./mvnw package. Without an image registry, base-images.sh of src/test/compose makes the base images, and LOCAL_IMAGES=1 gives them the official names.
project="$(cd ../.. && pwd)"

start_cluster() {
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
}

blocks() {
  python3 "$project/src/test/guides/blocks.py" "$project/docs/guides/kubernetes.md" | sed "/^echo '--- ${1:-end}/,\$d"
}

run() {
  export XDG_CONFIG_HOME="$state/config"
  mkdir "$state/clone"
  (cd "$project" && git ls-files --cached --others --exclude-standard -z | xargs --null cp --parents --target-directory "$state/clone")
  ln -s "$project/target" "$state/clone/target"
  cd "$state/clone"
  SECONDS=0
  # Not after ||, which would switch -e off within.
  set +e
  (
    set -e
    # Where the guide has a registry.
    docker() {
      command docker "$@"
      [ "$1" != build ] || load_image anneal:0.1.0
    }
    # A value that is missing is a failure.
    jq() { command jq --exit-status "$@"; }
    source "$1"
  ) < /dev/null
  local status=$?
  set -e
  if [ "$status" != 0 ]; then
    kubectl get pods,events --all-namespaces || true
    kubectl -n tuning logs --all-containers --prefix --tail 40 -l app.kubernetes.io/name=anneal || true
    echo "$2 failed"
    exit 1
  fi
  echo "$2: $(grep -c '^echo .---' "$1") blocks in $SECONDS s on Kubernetes $KUBERNETES"
}
