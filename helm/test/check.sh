#!/usr/bin/env bash
# The chart's tests: lint, templates rendered for each values file and validated against the schemas of Kubernetes, KEDA and the Prometheus operator,
# assertions for each switch (anneal/tests), and the names of settings. Needs Go 1.26 and its module proxy; takes half a minute once the tools are built.
set -euo pipefail
cd "$(dirname "$0")"
source versions.sh
tools="${ANNEAL_HELM_TOOLS:-$PWD/../../target/helm}"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"
(cd tools && go build -o "$tools/" helm.sh/helm/v4/cmd/helm github.com/yannh/kubeconform/cmd/kubeconform \
  github.com/helm-unittest/helm-unittest/cmd/helm-unittest ./schemas)

passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

rm -rf "$tools/crds" "$tools/schemas.d" "$tools/rendered"
mkdir -p "$tools/crds" "$tools/rendered"
kubernetes="$(module k8s.io/kubernetes "$KUBERNETES")"
custom_resources "$tools/crds"
"$tools/schemas" "$tools/schemas.d" "$kubernetes/api/openapi-spec/swagger.json" "$tools"/crds/*.yaml

for values in values/*.yaml; do
  name="$(basename "$values" .yaml)"
  rendered="$tools/rendered/$name.yaml"
  "$tools/helm" lint --strict --quiet ../anneal --values "$values" && ok || bad "lint of $name"
  "$tools/helm" template release ../anneal --namespace tuning --values "$values" > "$rendered" && ok || bad "rendering of $name"
  "$tools/kubeconform" -strict -summary -kubernetes-version "${KUBERNETES#v}" \
    -schema-location "$tools/schemas.d/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json" "$rendered" && ok || bad "schemas of $name"
done

"$tools/helm-unittest" ../anneal && ok || bad "assertions"

# Every variable that the chart sets is a setting that the service documents.
documented="$(sed -n 's/^| `\(anneal\.[a-z0-9.-]*\)` |.*/\1/p' ../../docs/*.md | tr -d '-' | tr '.' '_' | tr a-z A-Z | sort -u)"
for variable in $(grep -ho 'name: ANNEAL_[A-Z0-9_]*' "$tools"/rendered/*.yaml | sed 's/name: //; s/_[0-9]*_.*//' | grep -v '_PASSWORD$\|^ANNEAL_HOST$\|^ANNEAL_PORT$' | sort -u); do
  if grep -qx "$variable" <<< "$documented"; then ok; else bad "$variable is no setting of docs/"; fi
done

# Every value has its own comment, except the keys below a value that Kubernetes defines.
uncommented="$(awk '
    /^ *#/ { commented = 1; next }
    { match($0, /^ */); indent = RLENGTH }
    native && indent <= nativeIndent { native = 0 }
    !native && /^ *[A-Za-z]+:( |$)/ && !commented && $0 !~ /:$/ { print }
    !native && commented && /:$/ && !/^(image|database|auth|encryption|artifacts|models|telemetry|mlflow|api|inference|worker|metrics|networkPolicy|serviceAccount|rbac|postgres|tests):/ { native = 1; nativeIndent = indent }
    { commented = 0 }
  ' ../anneal/values.yaml)"
if [ -z "$uncommented" ]; then ok; else bad "values without a comment: $uncommented"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
