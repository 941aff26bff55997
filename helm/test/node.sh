# Sourced after cluster.sh. start_node makes this machine the only node: as root, with runc, iptables, nftables and conntrack installed.
#   load_image IMAGE...   brings images of Docker to the node
#   volume NAME SIZE      a persistent volume in a folder of $state
domain=cluster.local
address="$(ip -4 route get 192.0.2.1 | sed -n 's/.* src \([0-9.]*\).*/\1/p')"
runtime="unix://$state/containerd.sock"

build_node() {
  kubernetes kubelet kube-controller-manager kube-scheduler kube-proxy
  (
    cd node
    nice -n 10 go build -o "$tools/" ./dns github.com/containerd/containerd/v2/cmd/{containerd,containerd-shim-runc-v2,ctr}
    CGO_ENABLED=0 go build -o "$tools/" ./pause
    nice -n 10 go build -o "$tools/cni/" github.com/containernetworking/plugins/plugins/{ipam/host-local,main/bridge,main/loopback}
  )
}

load_image() { docker save "$@" | ctr --address "$state/containerd.sock" --namespace k8s.io images import - > /dev/null; }

start_runtime() {
  mkdir -p "$state/cni"
  cat > "$state/cni/10-bridge.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "$state/addresses", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
JSON
  cat > "$state/containerd.toml" <<TOML
version = 3
root = "$state/containerd"
state = "$state/containerd-run"
[grpc]
  address = "$state/containerd.sock"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "anneal.test/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  # Where root may not lower it, as in a container.
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["$tools/cni"]
  conf_dir = "$state/cni"
TOML
  background containerd containerd --config "$state/containerd.toml"
  until_true 60 "containerd" ctr --address "$state/containerd.sock" version
  tar --create --directory "$tools" pause | docker import --change 'ENTRYPOINT ["/pause"]' - anneal.test/pause:1 > /dev/null
  load_image anneal.test/pause:1
}

start_control_plane() {
  background controllers kube-controller-manager --kubeconfig "$KUBECONFIG" --service-account-private-key-file "$state/key.pem" --leader-elect=false \
    --root-ca-file "$state/certificates/apiserver.crt"
  background scheduler kube-scheduler --kubeconfig "$KUBECONFIG" --leader-elect=false
  kubectl create serviceaccount -n default default > /dev/null 2>&1 || true
}

start_kubelet() {
  cat > "$state/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
containerRuntimeEndpoint: $runtime
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
clusterDNS: [$address]
clusterDomain: $domain
evictionHard: {nodefs.available: 1%, imagefs.available: 1%}
YAML
  background kubelet kubelet --kubeconfig "$KUBECONFIG" --config "$state/kubelet.yaml" --root-dir "$state/kubelet" --cert-dir "$state/kubelet-certificates" \
    --hostname-override node --node-ip "$address"
  until_true 90 "the node" kubectl wait --for condition=Ready --timeout 1s node/node
}

start_network() {
  # Docker's firewall drops what it does not know.
  iptables --insert FORWARD --in-interface cni0 --jump ACCEPT
  iptables --insert FORWARD --out-interface cni0 --jump ACCEPT
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

# Leaves no process, mount or rule behind.
end_node() {
  local containers=(ctr --address "$state/containerd.sock" --namespace k8s.io tasks)
  pkill --full -- "--config $state/kubelet.yaml" || true
  "${containers[@]}" list --quiet 2> /dev/null | xargs --no-run-if-empty --max-args 1 "${containers[@]}" delete --force > /dev/null 2>&1 || true
  kill -9 "${pids[@]}" 2> /dev/null || true
  pids=()
  sleep 1
  awk -v state="$state/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort --reverse | xargs --no-run-if-empty umount --lazy
  iptables --delete FORWARD --in-interface cni0 --jump ACCEPT
  iptables --delete FORWARD --out-interface cni0 --jump ACCEPT
  kube-proxy --cleanup > /dev/null 2>&1 || true
  ip link delete cni0 2> /dev/null || true
}

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
