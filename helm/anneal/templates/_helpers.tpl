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

{{- define "anneal.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "anneal.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Image of a component: its own values over those of all. Takes (dict "root" $ "own" .Values.worker.image). */ -}}
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

{{- /* How the schema comes about; the demonstration's database is not there yet when hooks run before an install. */ -}}
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

{{- /* Root of the process that generates, for those that do not; empty where nothing does. */ -}}
{{- define "anneal.inferenceUrl" -}}
{{- if eq .Values.inference.placement "deployment" -}}
http://{{ include "anneal.fullname" . }}-inference:8080
{{- else if eq .Values.inference.placement "api" -}}
http://{{ include "anneal.fullname" . }}-api:{{ .Values.api.service.port }}
{{- end -}}
{{- end -}}

{{- /* Whether a volume of the service can be on one node alone, so that a new pod must wait for the old one. */ -}}
{{- define "anneal.oneNode" -}}
{{- $artifacts := and (eq .Values.artifacts.type "pvc") (not .Values.artifacts.pvc.existingClaim) (not (has "ReadWriteMany" .Values.artifacts.pvc.accessModes)) -}}
{{- $models := and (eq .Values.models.cache.type "pvc") (not .Values.models.cache.existingClaim) (not (has "ReadWriteMany" .Values.models.cache.accessModes)) -}}
{{- if or $artifacts $models -}}true{{- end -}}
{{- end -}}

{{- /* Takes (dict "root" $ "wanted" .Values.worker.strategy "gpu" true). */ -}}
{{- define "anneal.strategy" -}}
{{- if .wanted -}}
type: {{ .wanted }}
{{- else if or .gpu (include "anneal.oneNode" .root) -}}
type: Recreate
{{- else -}}
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 0
  maxSurge: 1
{{- end -}}
{{- end -}}

{{- /* What values.schema.json cannot say. */ -}}
{{- define "anneal.check" -}}
{{- if and (not .Values.postgres.enabled) (not .Values.database.existingSecret.name) -}}
{{- fail "database.existingSecret.name must name a Secret with the database's url, username and password (or set postgres.enabled for a demonstration)" -}}
{{- end -}}
{{- if and .Values.postgres.enabled (not .Values.postgres.existingSecret.name) -}}
{{- fail "postgres.existingSecret.name must name a Secret with the four passwords of the demonstration's database" -}}
{{- end -}}
{{- if and (not .Values.auth.existingSecret.name) (not .Values.auth.oidc.issuers) -}}
{{- fail "auth.existingSecret.name must name a Secret with API keys, or auth.oidc.issuers an issuer: Anneal serves no network without either" -}}
{{- end -}}
{{- if and (eq .Values.artifacts.type "s3") (not .Values.artifacts.s3.bucket) -}}
{{- fail "artifacts.s3.bucket must be set with artifacts.type s3" -}}
{{- end -}}
{{- if and (eq .Values.models.cache.type "hostPath") (not .Values.models.cache.hostPath) -}}
{{- fail "models.cache.hostPath must be a folder of the nodes with models.cache.type hostPath" -}}
{{- end -}}
{{- if lt (int .Values.api.terminationGracePeriodSeconds) (add (int .Values.api.preStopSleepSeconds) 60 | int) -}}
{{- fail (printf "api.terminationGracePeriodSeconds is %d, but preStop (%d), 30 for requests in flight and webhooks under way and 30 for what ends after them need more" (int .Values.api.terminationGracePeriodSeconds) (int .Values.api.preStopSleepSeconds)) -}}
{{- end -}}
{{- with .Values.models.hf.push -}}
{{- if and .existingSecret.name (not .repos) -}}
{{- fail "models.hf.push.repos must name repositories, such as my-org/*, with models.hf.push.existingSecret: none may be pushed to otherwise" -}}
{{- end -}}
{{- if and .repos (not .existingSecret.name) -}}
{{- fail "models.hf.push.existingSecret.name must name a Secret with a token that may write, with models.hf.push.repos: nothing is pushed without" -}}
{{- end -}}
{{- end -}}
{{- with .Values.mlflow -}}
{{- if and .existingSecret.name .existingSecret.tokenKey .existingSecret.usernameKey -}}
{{- fail "mlflow.existingSecret: a token or a name and a password; empty tokenKey or usernameKey" -}}
{{- end -}}
{{- end -}}
{{- if and (include "anneal.keda" .) (not .Values.postgres.enabled) (not .Values.worker.keda.existingSecret.name) -}}
{{- fail "worker.keda.existingSecret.name must name a Secret with the database's address for KEDA" -}}
{{- end -}}
{{- end -}}

{{- define "anneal.keda" -}}
{{- if or .Values.worker.keda.enabled (eq .Values.worker.kind "ScaledJob") -}}true{{- end -}}
{{- end -}}
