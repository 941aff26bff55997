{{- define "anneal.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "anneal.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "anneal.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "anneal.selector" -}}
app.kubernetes.io/name: {{ include "anneal.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "anneal.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "anneal.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Label of the pods whose devices are pooled; only they may connect to each other's ports. */ -}}
{{- define "anneal.groupLabel" -}}
anneal.dev/worker-group: {{ .Values.worker.group | quote }}
{{- end -}}

{{- define "anneal.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "anneal.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Image of a component: its own values take precedence over the global ones. Takes (dict "root" $ "own" .Values.worker.image). */ -}}
{{- define "anneal.image" -}}
{{- $own := default dict .own -}}
{{- $all := .root.Values.image -}}
{{- $repository := default $all.repository $own.repository -}}
{{- $digest := default (ternary "" $all.digest (or (hasKey $own "tag") (hasKey $own "repository"))) $own.digest -}}
{{- if $digest -}}
{{- printf "%s@%s" $repository $digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default (default .root.Chart.AppVersion $all.tag) $own.tag) -}}
{{- end -}}
{{- end -}}

{{- /* How the schema is migrated; the demonstration database does not exist yet when pre-install hooks run. */ -}}
{{- define "anneal.migrateMode" -}}
{{- if and .Values.postgres.enabled (eq .Values.database.migrate.mode "job") -}}
initContainer
{{- else -}}
{{- .Values.database.migrate.mode -}}
{{- end -}}
{{- end -}}

{{- define "anneal.roles.api" -}}
{{- if eq .Values.inference.placement "api" -}}api,inference{{- else -}}api{{- end -}}
{{- end -}}

{{- /* Root URL of the process that generates, for those that do not; empty if none does. */ -}}
{{- define "anneal.inferenceUrl" -}}
{{- if eq .Values.inference.placement "deployment" -}}
http://{{ include "anneal.fullname" . }}-inference:8080
{{- else if eq .Values.inference.placement "api" -}}
http://{{ include "anneal.fullname" . }}-api:{{ .Values.api.service.port }}
{{- end -}}
{{- end -}}

{{- /* Components that serve requests, separated by commas. */ -}}
{{- define "anneal.served" -}}
api{{ if eq .Values.inference.placement "deployment" }},inference{{ end }}
{{- end -}}

{{- /* Ports outside the cluster that pods connect to, separated by spaces: the listed ones and those of configured addresses. */ -}}
{{- define "anneal.egressPorts" -}}
{{- $ports := list -}}
{{- range .Values.networkPolicy.egressPorts -}}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- $addresses := list .Values.mlflow.url .Values.telemetry.otlpEndpoint .Values.models.hf.endpoint -}}
{{- if eq .Values.artifacts.type "s3" -}}{{- $addresses = append $addresses .Values.artifacts.s3.endpoint -}}{{- end -}}
{{- range .Values.auth.oidc.issuers -}}{{- $addresses = append $addresses .uri -}}{{- end -}}
{{- range compact $addresses -}}
{{- $address := urlParse . -}}
{{- $port := regexFind ":[0-9]+$" $address.host | trimPrefix ":" | default (ternary "80" "443" (eq $address.scheme "http")) -}}
{{- $ports = append $ports (int $port) -}}
{{- end -}}
{{- join " " (uniq $ports) -}}
{{- end -}}

{{- /* Whether a volume of the service is limited to one node, so that a new pod must wait for the old one. */ -}}
{{- define "anneal.oneNode" -}}
{{- $artifacts := and (eq .Values.artifacts.type "pvc") (not .Values.artifacts.pvc.existingClaim) (not (has "ReadWriteMany" .Values.artifacts.pvc.accessModes)) -}}
{{- $models := and (eq .Values.models.cache.type "pvc") (not .Values.models.cache.existingClaim) (not (has "ReadWriteMany" .Values.models.cache.accessModes)) -}}
{{- if or $artifacts $models -}}true{{- end -}}
{{- end -}}

{{- /* Takes (dict "root" $ "wanted" .Values.worker.strategy "recreate" true); recreate is whether new pods must wait for the old ones by default. */ -}}
{{- define "anneal.strategy" -}}
{{- if .wanted -}}
type: {{ .wanted }}
{{- else if or .recreate (include "anneal.oneNode" .root) -}}
type: Recreate
{{- else -}}
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 0
  maxSurge: 1
{{- end -}}
{{- end -}}

{{- /* Checks that values.schema.json cannot express. */ -}}
{{- define "anneal.check" -}}
{{- if and (not .Values.postgres.enabled) (not .Values.database.existingSecret.name) -}}
{{- fail "database.existingSecret.name must name a Secret with the database's url, username and password (or set postgres.enabled for a demonstration)" -}}
{{- end -}}
{{- if and .Values.postgres.enabled (not .Values.postgres.existingSecret.name) -}}
{{- fail "postgres.existingSecret.name must name a Secret with the four passwords of the demonstration database" -}}
{{- end -}}
{{- if and (not .Values.auth.existingSecret.name) (not .Values.auth.oidc.issuers) -}}
{{- fail "auth.existingSecret.name must name a Secret with API keys, or auth.oidc.issuers an issuer: Anneal does not listen on the network without either" -}}
{{- end -}}
{{- if and (eq .Values.artifacts.type "s3") (not .Values.artifacts.s3.bucket) -}}
{{- fail "artifacts.s3.bucket must be set for artifacts.type s3" -}}
{{- end -}}
{{- if and .Values.api.route.enabled (not .Values.api.route.parentRefs) -}}
{{- fail "api.route.parentRefs must name a gateway, such as [{name: public, namespace: gateways}], if api.route.enabled is set" -}}
{{- end -}}
{{- if and (eq .Values.models.cache.type "hostPath") (not .Values.models.cache.hostPath) -}}
{{- fail "models.cache.hostPath must be a folder on the nodes for models.cache.type hostPath" -}}
{{- end -}}
{{- if lt (int .Values.api.terminationGracePeriodSeconds) (add (int .Values.api.preStopSleepSeconds) 60 | int) -}}
{{- fail (printf "api.terminationGracePeriodSeconds is %d, but preStop (%d), 30 for requests in flight and webhook deliveries, and 30 for the rest need more" (int .Values.api.terminationGracePeriodSeconds) (int .Values.api.preStopSleepSeconds)) -}}
{{- end -}}
{{- with .Values.models.hf.push -}}
{{- if and .existingSecret.name (not .repos) -}}
{{- fail "models.hf.push.repos must name repositories, such as my-org/*, if models.hf.push.existingSecret is set: otherwise none may be pushed to" -}}
{{- end -}}
{{- if and .repos (not .existingSecret.name) -}}
{{- fail "models.hf.push.existingSecret.name must name a Secret with a token that may write, if models.hf.push.repos is set: otherwise nothing is pushed" -}}
{{- end -}}
{{- end -}}
{{- with .Values.mlflow -}}
{{- if and .existingSecret.name .existingSecret.tokenKey .existingSecret.usernameKey -}}
{{- fail "mlflow.existingSecret: a token or a name and a password, not both; clear tokenKey or usernameKey" -}}
{{- end -}}
{{- end -}}
{{- with .Values.worker -}}
{{- $most := ternary .keda.maxReplicas .replicas (include "anneal.keda" $ | eq "true") | int -}}
{{- if and .group (eq $most 1) -}}
{{- fail (printf "worker.group is %s, but there is at most one pod: set %s to 2 or more, or clear worker.group" .group (ternary "worker.keda.maxReplicas" "worker.replicas" (include "anneal.keda" $ | eq "true"))) -}}
{{- end -}}
{{- end -}}
{{- if .Values.worker.group -}}
{{- range concat .Values.extraEnv .Values.worker.extraEnv -}}
{{- if and (eq .name "NCCL_SOCKET_IFNAME") (eq (default "" .value) "lo") -}}
{{- fail "extraEnv sets NCCL_SOCKET_IFNAME to lo, on which pods of worker.group cannot reach each other: name their network interface, or remove it" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with dig "anneal" "worker" dict .Values.config -}}
{{- if or .group .address -}}
{{- fail "config.anneal.worker: set worker.group instead of group and address here, so that the pods get its label and network policy" -}}
{{- end -}}
{{- end -}}
{{- if and (include "anneal.keda" .) (not .Values.postgres.enabled) (not .Values.worker.keda.existingSecret.name) -}}
{{- fail "worker.keda.existingSecret.name must name a Secret with the database's address for KEDA" -}}
{{- end -}}
{{- end -}}

{{- define "anneal.keda" -}}
{{- if or .Values.worker.keda.enabled (eq .Values.worker.kind "ScaledJob") -}}true{{- end -}}
{{- end -}}
