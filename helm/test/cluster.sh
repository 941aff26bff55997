# Sourced by install.sh and guide.sh: an API server with etcd, built from their Go modules.
#   start_api_server   sets $KUBECONFIG; kubectl and helm are on the PATH; ends with the script, as do files in $state
source versions.sh
tools="${ANNEAL_HELM_TOOLS:-$PWD/../../target/helm}"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"
export PATH="$tools:$PATH"
state="$(mktemp -d)"
etcd_port=23790
port=26443
token="$(openssl rand -hex 24)"
pids=()
end_cluster() {
  # Killed at once: nothing of theirs is kept, and the API server would wait for its watches.
  [ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
  sleep 1
  rm -rf "$state"
}
trap end_cluster EXIT
trap 'exit 130' INT TERM

# background NAME COMMAND...: logs to $state/NAME.log; in a session of its own, which Ctrl-C does not reach
background() {
  local name="$1"
  shift
  setsid "$@" > "$state/$name.log" 2>&1 &
  pids+=($!)
  disown
}

# until_true SECONDS WHAT COMMAND...: fails at once if a process has ended, for another's on the same port would answer
until_true() {
  local seconds="$1" what="$2"
  shift 2
  for _ in $(seq "$seconds"); do
    kill -0 "${pids[@]}" || break
    ! "$@" > /dev/null 2>&1 || return 0
    sleep 1
  done
  tail -n 20 "$state"/*.log
  echo "waited in vain for $what"
  exit 1
}

kubernetes() {
  (cd cluster && nice -n 10 go build -ldflags "-X k8s.io/component-base/version.gitVersion=$KUBERNETES" -o "$tools/" "${@/#/k8s.io/kubernetes/cmd/}")
}

start_api_server() {
  (cd tools && go build -o "$tools/" helm.sh/helm/v4/cmd/helm)
  (cd cluster && nice -n 10 go build -o "$tools/etcd" go.etcd.io/etcd/server/v3)
  kubernetes kube-apiserver kubectl
  background etcd etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level error \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls http://127.0.0.1:0
  openssl genrsa -out "$state/key.pem" 2048 2>/dev/null
  echo "$token,admin,admin,system:masters" > "$state/tokens"
  background apiserver kube-apiserver --etcd-servers "http://127.0.0.1:$etcd_port" --cert-dir "$state/certificates" --secure-port "$port" --bind-address 127.0.0.1 \
    --service-cluster-ip-range 10.0.0.0/24 --service-account-issuer https://anneal.test --authorization-mode RBAC --token-auth-file "$state/tokens" \
    --kubelet-preferred-address-types InternalIP --service-account-key-file "$state/key.pem" --service-account-signing-key-file "$state/key.pem"
  export KUBECONFIG="$state/kubeconfig"
  cat > "$KUBECONFIG" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:$port", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: $token}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
YAML
  until_true 60 "the API server" kubectl get --raw /readyz
  echo "API server $(kubectl version -o json | sed -n 's/.*"gitVersion": "\(.*\)",/\1/p' | tail -1)"
}
