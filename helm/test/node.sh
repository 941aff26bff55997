# Sourced after cluster.sh. start_node makes this machine the only node, with controllers, containerd, kubelet, kube-proxy and DNS built from their Go modules.
# As root, with Go 1.26, docker and its plugin buildx, and the other commands that check_machine names.
#   load_image IMAGE...   brings images of Docker to the node
#   volume NAME SIZE      a persistent volume in a folder of $state
domain=cluster.local
bridge=anneal0
# Reached from the pods and from nowhere else.
address=10.245.0.1
socket="$state/containerd.sock"

check_machine() {
  [ "$(id -u)" = 0 ] || { echo "a node needs root"; exit 1; }
  for command in docker runc iptables nft conntrack ip jq; do
    command -v "$command" > /dev/null || { echo "$command is not installed"; exit 1; }
  done
  ! pgrep -x kubelet > /dev/null || { echo "this machine is a node already"; exit 1; }
}

build_node() {
  kubernetes kubelet kube-controller-manager kube-scheduler kube-proxy
  mkdir -p "$tools/cni"
  (
    cd node
    nice -n 10 go build -o "$tools/" ./dns github.com/containerd/containerd/v2/cmd/{containerd,containerd-shim-runc-v2,ctr}
    CGO_ENABLED=0 go build -o "$tools/" ./pause
    nice -n 10 go build -o "$tools/cni/" github.com/containernetworking/plugins/plugins/{ipam/host-local,main/bridge,main/loopback}
  )
}

containers() { ctr --address "$socket" --namespace k8s.io "$@"; }
load_image() { docker save "$@" | containers images import - > /dev/null; }

start_runtime() {
  mkdir -p "$state/cni"
  cat > "$state/cni/10-bridge.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "$bridge", "isGateway": true, "ipMasq": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "$state/addresses", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
JSON
  cat > "$state/containerd.toml" <<TOML
version = 3
root = "$state/containerd"
state = "$state/containerd-run"
[grpc]
  address = "$socket"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "anneal.test/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  # Where root may not lower it, as in a container.
  restrict_oom_score_adj = true
  # For end_node to unmount.
  netns_mounts_under_state_dir = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["$tools/cni"]
  conf_dir = "$state/cni"
TOML
  background containerd containerd --config "$state/containerd.toml"
  until_true 60 "containerd" containers version
  tar --create --directory "$tools" pause | docker import --change 'ENTRYPOINT ["/pause"]' - anneal.test/pause:1 > /dev/null
  load_image anneal.test/pause:1
}

start_control_plane() {
  background controllers kube-controller-manager --kubeconfig "$KUBECONFIG" --service-account-private-key-file "$state/key.pem" --leader-elect=false \
    --root-ca-file "$state/certificates/apiserver.crt"
  background scheduler kube-scheduler --kubeconfig "$KUBECONFIG" --leader-elect=false
}

start_kubelet() {
  cat > "$state/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
containerRuntimeEndpoint: unix://$socket
podLogsDir: $state/pods
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
clusterDNS: [$address]
clusterDomain: $domain
evictionHard: {nodefs.available: 1%, imagefs.available: 1%}
YAML
  background kubelet kubelet --kubeconfig "$KUBECONFIG" --config "$state/kubelet.yaml" --root-dir "$state/kubelet" --cert-dir "$state/kubelet-certificates" \
    --hostname-override node --node-ip "$address"
  kubelet="${pids[-1]}"
  until_true 90 "the node" kubectl wait --for condition=Ready --timeout 1s node/node
}

start_network() {
  ip link add anneal-node type bridge
  ip address add "$address/32" dev anneal-node
  ip link set anneal-node up
  # Docker's firewall drops what it does not know.
  iptables --insert FORWARD --in-interface "$bridge" --jump ACCEPT
  iptables --insert FORWARD --out-interface "$bridge" --jump ACCEPT
  background proxy kube-proxy --kubeconfig "$KUBECONFIG" --proxy-mode nftables --cluster-cidr 10.244.0.0/24 --hostname-override node
  cat > "$state/Corefile" <<COREFILE
$domain:53 {
  bind $address
  errors
  kubernetes $domain {
    kubeconfig $KUBECONFIG x
  }
}
COREFILE
  background dns dns -conf "$state/Corefile"
}

# Whatever of the node there is: processes, mounts, rules, interfaces.
end_node() {
  set +e
  [ -z "${kubelet:-}" ] || kill -9 "$kubelet"
  containers tasks list --quiet | while read -r task; do containers tasks delete --force "$task"; done
  kill -9 "${pids[@]}"
  pids=()
  sleep 1
  awk -v state="$state/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort --reverse | xargs --no-run-if-empty umount --lazy
  iptables --delete FORWARD --in-interface "$bridge" --jump ACCEPT
  iptables --delete FORWARD --out-interface "$bridge" --jump ACCEPT
  kube-proxy --cleanup
  ip link delete "$bridge"
  ip link delete anneal-node
} > /dev/null 2>&1

start_node() {
  build_node
  trap 'end_node; end_cluster' EXIT
  start_control_plane
  start_runtime
  start_network
  start_kubelet
}

volume() {
  mkdir --mode 777 -p "$state/volumes/$1"
  kubectl create -f - > /dev/null <<YAML
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1}
spec:
  capacity: {storage: $2}
  accessModes: [ReadWriteOnce]
  hostPath: {path: $state/volumes/$1}
YAML
}
