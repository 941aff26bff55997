# Versions that the chart is tested against, and where their files are: Go modules, downloaded once.
KUBERNETES=v1.36.3
KEDA=v2.21.0
PROMETHEUS_OPERATOR=v0.85.0
GATEWAY_API=v1.4.0

# module PATH VERSION: prints its folder
module() {
  go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'
}

# custom_resources OUT: copies the definitions that the chart's resources need
custom_resources() {
  cp "$(module github.com/kedacore/keda/v2 "$KEDA")"/config/crd/bases/keda.sh_*.yaml "$1"
  cp "$(module github.com/prometheus-operator/prometheus-operator "$PROMETHEUS_OPERATOR")"/example/prometheus-operator-crd/monitoring.coreos.com_{pod,service}monitors.yaml "$1"
  cp "$(module github.com/prometheus-operator/prometheus-operator "$PROMETHEUS_OPERATOR")"/example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml "$1"
  cp "$(module sigs.k8s.io/gateway-api "$GATEWAY_API")"/config/crd/standard/gateway.networking.k8s.io_httproutes.yaml "$1"
  chmod u+w "$1"/*.yaml
}
