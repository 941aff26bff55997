{{- /* One variable from a secret. Takes (list name secret key). */ -}}
{{- define "anneal.secretEnv" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end -}}

{{- /* Address and login of the service. */ -}}
{{- define "anneal.env.database" -}}
{{- if .Values.postgres.enabled -}}
- name: SPRING_DATASOURCE_URL
  value: jdbc:postgresql://{{ include "anneal.fullname" . }}-postgres:5432/anneal
- name: SPRING_DATASOURCE_USERNAME
  value: anneal_application
{{ include "anneal.secretEnv" (list "SPRING_DATASOURCE_PASSWORD" .Values.postgres.existingSecret.name .Values.postgres.existingSecret.applicationPasswordKey) }}
{{- else -}}
{{- with .Values.database.existingSecret -}}
{{ include "anneal.secretEnv" (list "SPRING_DATASOURCE_URL" .name .urlKey) }}
{{ include "anneal.secretEnv" (list "SPRING_DATASOURCE_USERNAME" .name .usernameKey) }}
{{ include "anneal.secretEnv" (list "SPRING_DATASOURCE_PASSWORD" .name .passwordKey) }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Login for migrations, if it is a different one. */ -}}
{{- define "anneal.env.owner" -}}
{{- if .Values.postgres.enabled -}}
- name: SPRING_FLYWAY_USER
  value: anneal_owner
{{ include "anneal.secretEnv" (list "SPRING_FLYWAY_PASSWORD" .Values.postgres.existingSecret.name .Values.postgres.existingSecret.ownerPasswordKey) }}
{{- else if .Values.database.owner.existingSecret.name -}}
{{- with .Values.database.owner.existingSecret -}}
{{ include "anneal.secretEnv" (list "SPRING_FLYWAY_USER" .name .usernameKey) }}
{{ include "anneal.secretEnv" (list "SPRING_FLYWAY_PASSWORD" .name .passwordKey) }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "anneal.env.storage" -}}
{{- if eq .Values.artifacts.type "s3" -}}
{{- with .Values.artifacts.s3 -}}
- name: ANNEAL_STORAGE_TYPE
  value: s3
- name: ANNEAL_STORAGE_S3_BUCKET
  value: {{ .bucket | quote }}
{{- with .endpoint }}
- name: ANNEAL_STORAGE_S3_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .region }}
- name: ANNEAL_STORAGE_S3_REGION
  value: {{ . | quote }}
{{- end }}
{{- with .prefix }}
- name: ANNEAL_STORAGE_S3_PREFIX
  value: {{ . | quote }}
{{- end }}
- name: ANNEAL_STORAGE_S3_PATHSTYLE
  value: {{ .pathStyle | quote }}
{{- with .checksums }}
- name: ANNEAL_STORAGE_S3_CHECKSUMS
  value: {{ . | quote }}
{{- end }}
- name: ANNEAL_STORAGE_CACHE_DIRECTORY
  value: /var/lib/anneal-cache
- name: ANNEAL_STORAGE_CACHE_MAXSIZE
  value: {{ .cacheMaxSize | quote }}
{{- if .existingSecret.name }}
{{ include "anneal.secretEnv" (list "AWS_ACCESS_KEY_ID" .existingSecret.name .existingSecret.accessKeyIdKey) }}
{{ include "anneal.secretEnv" (list "AWS_SECRET_ACCESS_KEY" .existingSecret.name .existingSecret.secretAccessKeyKey) }}
{{- end }}
{{- end -}}
{{- else -}}
- name: ANNEAL_STORAGE_TYPE
  value: directory
- name: ANNEAL_STORAGE_DIRECTORY
  value: /var/lib/anneal-artifacts
{{- end -}}
{{- end -}}

{{- /* Authentication. Workers serve no clients. */ -}}
{{- define "anneal.env.auth" -}}
{{- with .Values.auth.existingSecret -}}
{{- if and .name .apiKeysKey }}
{{ include "anneal.secretEnv" (list "ANNEAL_APIKEYS" .name .apiKeysKey) }}
{{- end }}
{{- end -}}
{{- range $i, $issuer := .Values.auth.oidc.issuers }}
- name: ANNEAL_OIDC_ISSUERS_{{ $i }}_URI
  value: {{ $issuer.uri | quote }}
- name: ANNEAL_OIDC_ISSUERS_{{ $i }}_AUDIENCES
  value: {{ join "," $issuer.audiences | quote }}
{{- with $issuer.tenantClaim }}
- name: ANNEAL_OIDC_ISSUERS_{{ $i }}_TENANTCLAIM
  value: {{ . | quote }}
{{- end }}
{{- with $issuer.tenants }}
- name: ANNEAL_OIDC_ISSUERS_{{ $i }}_TENANTS
  value: {{ join "," . | quote }}
{{- end }}
{{- with $issuer.scopeClaim }}
- name: ANNEAL_OIDC_ISSUERS_{{ $i }}_SCOPECLAIM
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Administrator keys, which only the API needs. */ -}}
{{- define "anneal.env.administration" -}}
{{- with .Values.auth.existingSecret -}}
{{- if and .name .adminKeysKey }}
{{ include "anneal.secretEnv" (list "ANNEAL_ADMINKEYS" .name .adminKeysKey) }}
{{- end }}
{{- end -}}
{{- end -}}

{{- /* Keys that open clients' secrets: the API opens those of webhooks, workers the headers of graders. */ -}}
{{- define "anneal.env.sealing" -}}
{{- if .Values.encryption.existingSecret.name }}
{{ include "anneal.secretEnv" (list "ANNEAL_SECRETS_KEYS" .Values.encryption.existingSecret.name .Values.encryption.existingSecret.keysKey) }}
{{- end }}
{{- end -}}

{{- /* The API reports jobs, from what workers have written. */ -}}
{{- define "anneal.env.mlflow" -}}
{{- with .Values.mlflow }}
{{- if .url }}
- name: ANNEAL_MLFLOW_URL
  value: {{ .url | quote }}
{{- with .experiment }}
- name: ANNEAL_MLFLOW_EXPERIMENT
  value: {{ . | quote }}
{{- end }}
- name: ANNEAL_MLFLOW_REGISTERMODELS
  value: {{ .registerModels | quote }}
{{- with .existingSecret }}
{{- if and .name .tokenKey }}
{{ include "anneal.secretEnv" (list "ANNEAL_MLFLOW_TOKEN" .name .tokenKey) }}
{{- end }}
{{- if and .name .usernameKey }}
{{ include "anneal.secretEnv" (list "ANNEAL_MLFLOW_USERNAME" .name .usernameKey) }}
{{ include "anneal.secretEnv" (list "ANNEAL_MLFLOW_PASSWORD" .name .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The API pushes exports, with a token that may write. */ -}}
{{- define "anneal.env.push" -}}
{{- with .Values.models.hf.push }}
{{- if .existingSecret.name }}
{{ include "anneal.secretEnv" (list "ANNEAL_HUB_PUSHTOKEN" .existingSecret.name .existingSecret.tokenKey) }}
- name: ANNEAL_HUB_PUSHREPOS
  value: {{ join "," .repos | quote }}
{{- with .retryDelays }}
- name: ANNEAL_HUB_PUSHRETRYDELAYS
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "anneal.env.models" -}}
- name: ANNEAL_MODELS_DIR
  value: /var/lib/anneal-models
# The Hub cache is on the same volume: a model is pulled once for all pods that mount it.
- name: ANNEAL_HUB_CACHEDIR
  value: /var/lib/anneal-models/.hub
- name: ANNEAL_MODELS_ALLOWED
  value: {{ join "," .Values.models.allowed | quote }}
{{- with .Values.models.hf }}
{{- with .endpoint }}
- name: ANNEAL_HUB_ENDPOINT
  value: {{ . | quote }}
{{- end }}
- name: ANNEAL_HUB_OFFLINE
  value: {{ .offline | quote }}
{{- with .allowed }}
- name: ANNEAL_HUB_ALLOWED
  value: {{ join "," . | quote }}
{{- end }}
{{- if .existingSecret.name }}
{{ include "anneal.secretEnv" (list "ANNEAL_HUB_TOKEN" .existingSecret.name .existingSecret.tokenKey) }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Variables of every pod of the service. Takes (dict "root" $ "component" "api" "roles" "api"). The component's own variables come after these. */ -}}
{{- define "anneal.env" -}}
{{- $ := .root -}}
{{- $own := index $.Values .component -}}
- name: ANNEAL_ROLES
  value: {{ .roles }}
- name: ANNEAL_HOME
  value: /var/lib/anneal
- name: JDK_JAVA_OPTIONS
  value: {{ $own.jvmOptions | quote }}
- name: MANAGEMENT_SERVER_ADDRESS
  value: 0.0.0.0
{{ include "anneal.env.database" $ }}
- name: SPRING_FLYWAY_ENABLED
  value: "false"
{{ include "anneal.env.storage" $ }}
{{ include "anneal.env.models" $ }}
{{- $url := include "anneal.inferenceUrl" $ }}
{{- if ne .component "worker" }}
{{- include "anneal.env.auth" $ }}
{{- end }}
{{- if contains "api" .roles }}
{{- include "anneal.env.administration" $ }}
{{- include "anneal.env.mlflow" $ }}
{{- include "anneal.env.push" $ }}
{{- end }}
{{- if ne .component "inference" }}
{{- include "anneal.env.sealing" $ }}
{{- end }}
{{- if and $url (not (contains "inference" .roles)) }}
- name: ANNEAL_INFERENCE_URL
  value: {{ $url }}
{{- end }}
{{- with $.Values.telemetry }}
{{- if .otlpEndpoint }}
- name: MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT
  value: {{ .otlpEndpoint | quote }}
- name: MANAGEMENT_TRACING_SAMPLING_PROBABILITY
  value: {{ .samplingProbability | quote }}
{{- end }}
{{- end }}
{{- if $.Values.config }}
- name: SPRING_CONFIG_ADDITIONALLOCATION
  value: file:/etc/anneal/application.yaml
{{- end }}
{{- with concat $.Values.extraEnv $own.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "anneal.volumeMounts" -}}
- name: home
  mountPath: /var/lib/anneal
- name: tmp
  mountPath: /tmp
- name: models
  mountPath: /var/lib/anneal-models
{{- if eq .Values.artifacts.type "pvc" }}
- name: artifacts
  mountPath: /var/lib/anneal-artifacts
{{- else }}
- name: cache
  mountPath: /var/lib/anneal-cache
{{- end }}
{{- if .Values.config }}
- name: config
  mountPath: /etc/anneal
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Takes (dict "root" $ "homeSize" "50Gi"). */ -}}
{{- define "anneal.volumes" -}}
{{- $ := .root -}}
- name: home
  emptyDir:
    sizeLimit: {{ .homeSize }}
- name: tmp
  emptyDir:
    sizeLimit: 2Gi
- name: models
{{- with $.Values.models.cache }}
{{- if eq .type "pvc" }}
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-models" (include "anneal.fullname" $)) .existingClaim }}
{{- else if eq .type "hostPath" }}
  hostPath:
    path: {{ .hostPath }}
    type: Directory
{{- else }}
  emptyDir:
    sizeLimit: {{ .size }}
{{- end }}
{{- end }}
{{- if eq $.Values.artifacts.type "pvc" }}
- name: artifacts
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-artifacts" (include "anneal.fullname" $)) $.Values.artifacts.pvc.existingClaim }}
{{- else }}
- name: cache
  emptyDir:
    sizeLimit: {{ $.Values.artifacts.s3.cacheSize }}
{{- end }}
{{- if $.Values.config }}
- name: config
  configMap:
    name: {{ include "anneal.fullname" $ }}-config
{{- end }}
{{- with $.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The container that migrates the database, in the hook's Job and before an api pod. */ -}}
{{- define "anneal.migration" -}}
name: migrate
image: {{ include "anneal.image" (dict "root" . "own" dict) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: ANNEAL_ROLES
    value: migrate
  - name: JDK_JAVA_OPTIONS
    value: "-Xmx256m"
  {{- include "anneal.env.database" . | nindent 2 }}
  {{- with include "anneal.env.owner" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  {{- toYaml .Values.database.migrate.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: home
    mountPath: /var/lib/anneal
  - name: tmp
    mountPath: /tmp
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- /* Metadata of a component's pods. Takes (dict "root" $ "component" "api"). */ -}}
{{- define "anneal.podMetadata" -}}
{{- $ := .root -}}
{{- $own := index $.Values .component -}}
labels:
  {{- include "anneal.labels" $ | nindent 2 }}
  app.kubernetes.io/component: {{ .component }}
  {{- if ne .component "worker" }}
  anneal.dev/scrape: service
  {{- else if $own.group }}
  {{- include "anneal.groupLabel" $ | nindent 2 }}
  {{- end }}
  {{- with $own.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or $.Values.config $own.podAnnotations }}
annotations:
  {{- if $.Values.config }}
  checksum/config: {{ toYaml $.Values.config | sha256sum }}
  {{- end }}
  {{- with $own.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}

{{- /* Scheduling and identity of a component's pods. Takes (dict "root" $ "component" "api"). */ -}}
{{- define "anneal.podPlace" -}}
{{- $ := .root -}}
{{- $component := .component -}}
{{- $own := index $.Values $component -}}
serviceAccountName: {{ include "anneal.serviceAccountName" $ }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml $.Values.podSecurityContext | nindent 2 }}
{{- with $own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $own.affinity }}
affinity:
  {{- toYaml $own.affinity | nindent 2 }}
{{- else if include "anneal.oneNode" $ }}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "anneal.selector" $ | nindent 12 }}
          matchExpressions:
            - {key: app.kubernetes.io/component, operator: In, values: [api, worker, inference]}
{{- end }}
{{- with $own.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml . | nindent 4 }}
    labelSelector:
      matchLabels:
        {{- include "anneal.selector" $ | nindent 8 }}
        app.kubernetes.io/component: {{ $component }}
  {{- end }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with $own.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- end -}}

{{- /* Resources with whole GPUs in the limits. Takes (dict "own" .Values.worker). */ -}}
{{- define "anneal.resources" -}}
{{- $resources := deepCopy .own.resources -}}
{{- if .own.gpu.enabled -}}
{{- $limits := merge (dict .own.gpu.resource (default 1 .own.gpu.count)) (default dict $resources.limits) -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{- /* Probes of a component. Takes (dict "probes" .probes "port" "http" "live" "/livez" "ready" "/readyz"); ready is optional. */ -}}
{{- define "anneal.probes" -}}
startupProbe:
  httpGet:
    path: {{ .live }}
    port: {{ .port }}
  {{- toYaml .probes.startup | nindent 2 }}
livenessProbe:
  httpGet:
    path: {{ .live }}
    port: {{ .port }}
  {{- toYaml .probes.liveness | nindent 2 }}
{{- if .ready }}
readinessProbe:
  httpGet:
    path: {{ .ready }}
    port: {{ .port }}
  {{- toYaml .probes.readiness | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* The kubelet's own sleep exists only from 1.32 on, the image's everywhere. Takes the seconds. */ -}}
{{- define "anneal.preStop" -}}
preStop:
  exec:
    command: ["sleep", "{{ . }}"]
{{- end -}}

{{- /* The worker's pod, for a Deployment and for a ScaledJob. */ -}}
{{- define "anneal.workerPod" -}}
{{- $job := eq .Values.worker.kind "ScaledJob" -}}
{{- with .Values.worker -}}
metadata:
  {{- include "anneal.podMetadata" (dict "root" $ "component" "worker") | nindent 2 }}
spec:
  {{- include "anneal.podPlace" (dict "root" $ "component" "worker") | nindent 2 }}
  terminationGracePeriodSeconds: {{ .terminationGracePeriodSeconds }}
  {{- if $job }}
  restartPolicy: Never
  {{- end }}
  containers:
    - name: worker
      image: {{ include "anneal.image" (dict "root" $ "own" .image) }}
      imagePullPolicy: {{ $.Values.image.pullPolicy }}
      env:
        {{- include "anneal.env" (dict "root" $ "component" "worker" "roles" "worker") | nindent 8 }}
        - name: ANNEAL_WORKER_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- if .group }}
        - name: ANNEAL_WORKER_GROUP
          value: {{ .group | quote }}
        # Where the other workers of the group reach this one.
        - name: ANNEAL_WORKER_ADDRESS
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        {{- end }}
        - name: ANNEAL_WORKER_DEVICES
          {{- if .gpu.enabled }}
          {{- $devices := list }}
          {{- range $i := until (int .gpu.count) }}
          {{- $devices = append $devices (printf "cuda:%d" $i) }}
          {{- end }}
          value: {{ join "," $devices | quote }}
          {{- else }}
          value: cpu
          {{- end }}
        {{- $grace := sub (int .terminationGracePeriodSeconds) (add (int .preStopSleepSeconds) 30) }}
        - name: ANNEAL_WORKER_STOPGRACE
          value: {{ min 90 $grace }}s
        - name: ANNEAL_WORKER_LONGESTSTOPGRACE
          value: {{ $grace }}s
        - name: SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE
          value: {{ sub (int .terminationGracePeriodSeconds) (add (int .preStopSleepSeconds) 20) }}s
        {{- if $job }}
        - name: ANNEAL_WORKER_MAXWORK
          value: "1"
        - name: ANNEAL_WORKER_MAXIDLE
          value: {{ .scaledJob.maxIdleSeconds }}s
        {{- end }}
      ports:
        - name: management
          containerPort: 8081
      {{- include "anneal.probes" (dict "probes" .probes "port" "management" "live" "/actuator/health/liveness") | nindent 6 }}
      {{- if .preStopSleepSeconds }}
      lifecycle:
        {{- include "anneal.preStop" .preStopSleepSeconds | nindent 8 }}
      {{- end }}
      resources:
        {{- include "anneal.resources" (dict "own" .) | nindent 8 }}
      securityContext:
        {{- toYaml $.Values.securityContext | nindent 8 }}
      volumeMounts:
        {{- include "anneal.volumeMounts" $ | nindent 8 }}
        - name: shm
          mountPath: /dev/shm
    {{- with .extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "anneal.volumes" (dict "root" $ "homeSize" .homeSize) | nindent 4 }}
    - name: shm
      emptyDir:
        medium: Memory
        sizeLimit: {{ .shmSize }}
{{- end -}}
{{- end -}}

{{- /* Labels by which Kueue selects the worker's workload. */ -}}
{{- define "anneal.kueueLabels" -}}
{{- with .Values.worker.kueue -}}
{{- if .queueName -}}
kueue.x-k8s.io/queue-name: {{ .queueName }}
{{- if and .maxExecTimeSeconds (eq $.Values.worker.kind "ScaledJob") }}
kueue.x-k8s.io/max-exec-time-seconds: {{ .maxExecTimeSeconds | quote }}
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
