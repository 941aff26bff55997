{{- /* Pods that a Deployment of workers needs: one for each training that waits or runs, whose pod must stay; at least one while anything else does. */ -}}
{{- define "anneal.kedaDepth" -}}
SELECT GREATEST(COALESCE(SUM(queued + running) FILTER (WHERE slot = 'TRAINING'), 0), LEAST(COALESCE(SUM(queued + running) FILTER (WHERE slot = 'LIGHT'), 0), 1)) FROM anneal_queue_depth
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
