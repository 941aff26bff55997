{{- /* Kinds of work that this version's workers do; a test compares them with the code. */ -}}
{{- define "anneal.methods" -}}
supervised,dpo,reinforcement,speculative_draft,merged,adapter,gguf,draft,training_state,exact_match,graded
{{- end -}}

{{- /* Calls a function of the migration V5__queue.sql that reads the queue by the rules by which workers claim. Takes (dict "root" $ "function" "..." "workerDevices" 2); workerDevices is optional. */ -}}
{{- define "anneal.kedaQuery" -}}
{{- $queue := dig "anneal" "queue" dict .root.Values.config -}}
SELECT {{ .function }}({{ int64 (get $queue "tenant-running-limit" | default (get $queue "tenantRunningLimit") | default 16) }}, '{ {{- include "anneal.methods" . -}} }'{{ with .workerDevices }}, {{ . }}{{ end }})
{{- end -}}

{{- /* Devices of a pod, each of which is a training slot. */ -}}
{{- define "anneal.workerDevices" -}}
{{- with .Values.worker.gpu }}{{ ternary .count 1 .enabled }}{{ end -}}
{{- end -}}

{{- /* Takes (dict "root" $ "query" "SELECT ..." "target" 1). */ -}}
{{- define "anneal.kedaTrigger" -}}
{{- $ := .root -}}
type: postgresql
metadata:
  query: {{ default .query $.Values.worker.keda.query | quote }}
  targetQueryValue: {{ .target | quote }}
  activationTargetQueryValue: "0"
  {{- if not $.Values.worker.keda.existingSecret.name }}
  host: {{ include "anneal.fullname" $ }}-postgres.{{ $.Release.Namespace }}.svc
  port: "5432"
  dbName: anneal
  userName: anneal_viewer
  sslmode: disable
  {{- end }}
authenticationRef:
  name: {{ include "anneal.fullname" $ }}-queue
{{- end -}}
