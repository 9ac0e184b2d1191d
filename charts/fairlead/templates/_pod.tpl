{{- /*
What the pods of a Deployment, a CronJob and the test have in common. Called with a dict: root, the chart's
context; component; args; and where they differ: restart, resources, serves, nearDaemon.
*/ -}}
{{- define "fairlead.podTemplate" -}}
{{- $ := .root -}}
{{- $v := $.Values -}}
metadata:
  labels:
    {{- include "fairlead.labels" $ | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if or $v.podAnnotations (and .serves $v.config.restartOnChange) }}
  annotations:
    {{- if and .serves $v.config.restartOnChange }}
    {{- include "fairlead.checksums" $ | nindent 4 }}
    {{- end }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
spec:
  {{- include "fairlead.podSpec" . | nindent 2 }}
{{- end -}}

{{- define "fairlead.checksums" -}}
checksum/installation: {{ include "fairlead.installation" . | sha256sum }}
{{- if not .Values.config.existingConfigMap }}
checksum/config: {{ .Values.config | toJson | sha256sum }}
{{- end }}
{{- if .Values.agreements.teams }}
checksum/agreements: {{ .Values.agreements.teams | toJson | sha256sum }}
{{- end }}
{{- end -}}

{{- define "fairlead.podSpec" -}}
{{- $ := .root -}}
{{- $v := $.Values -}}
serviceAccountName: {{ include "fairlead.serviceAccountName" $ }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $v.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .restart }}
restartPolicy: {{ . }}
{{- end }}
terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
{{- with $v.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- toYaml $v.podSecurityContext | nindent 2 }}
containers:
  - name: fairlead
    image: {{ include "fairlead.image" $ }}
    imagePullPolicy: {{ $v.image.pullPolicy }}
    workingDir: /etc/fairlead
    args:
      {{- toYaml (concat .args (list "--config=/etc/fairlead/fairlead.yaml" (printf "--log-level=%s" $v.logLevel)) $v.extraArgs) | nindent 6 }}
    {{- with include "fairlead.env" . | trim }}
    env:
      {{- . | nindent 6 }}
    {{- end }}
    {{- with $v.extraEnvFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- if .serves }}
    {{- include "fairlead.serving" $ | nindent 4 }}
    {{- end }}
    resources:
      {{- toYaml (.resources | default $v.resources) | nindent 6 }}
    securityContext:
      {{- toYaml $v.securityContext | nindent 6 }}
    volumeMounts:
      - {name: installation, mountPath: /etc/fairlead, readOnly: true}
      - {name: config, mountPath: /etc/fairlead-config, readOnly: true}
      {{- if include "fairlead.agreementMaps" $ | fromJsonArray }}
      - {name: agreements, mountPath: /etc/fairlead-agreements, readOnly: true}
      {{- end }}
      {{- if include "fairlead.secretFiles" $ | fromJson }}
      - {name: secrets, mountPath: /run/secrets/fairlead, readOnly: true}
      {{- end }}
      - {name: data, mountPath: /var/lib/fairlead}
      {{- with $v.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  {{- if .serves }}
  {{- with $v.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- end }}
volumes:
  {{- include "fairlead.volumes" $ | nindent 2 }}
{{- with $v.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .nearDaemon }}
affinity:
  podAffinity: # its volume is mounted on one node
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "fairlead.selectorLabels" $ | nindent 12 }}
            app.kubernetes.io/component: daemon
{{- else if $v.affinity }}
affinity:
  {{- toYaml $v.affinity | nindent 2 }}
{{- end }}
{{- if .serves }}
{{- with $v.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml . | nindent 4 }}
    {{- if not (hasKey . "labelSelector") }}
    labelSelector:
      matchLabels:
        {{- include "fairlead.selectorLabels" $ | nindent 8 }}
        app.kubernetes.io/component: daemon
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "fairlead.env" -}}
{{- $v := .root.Values -}}
{{- $limits := (.resources | default $v.resources).limits | default dict -}}
{{- with $limits.memory }}
{{- with include "fairlead.goMemLimit" . }}
- {name: GOMEMLIMIT, value: {{ . }}}
{{- end }}
{{- end }}
{{- if $limits.cpu }}
- name: GOMAXPROCS
  valueFrom:
    resourceFieldRef: {containerName: fairlead, resource: limits.cpu, divisor: "1"}
{{- end }}
{{- range $name, $from := $v.secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {name: {{ $from.existingSecret | quote }}, key: {{ $from.key | quote }}}
{{- end }}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Ports, probes and the way out of a container that serves. */ -}}
{{- define "fairlead.serving" -}}
{{- $v := .Values -}}
{{- $port := ternary "http" "metrics" $v.dashboard.enabled -}}
ports:
  - {name: metrics, containerPort: {{ $v.metrics.port }}, protocol: TCP}
  {{- if $v.dashboard.enabled }}
  - {name: http, containerPort: {{ $v.dashboard.port }}, protocol: TCP}
  {{- end }}
  {{- if $v.webhooks.enabled }}
  - {name: webhooks, containerPort: {{ $v.webhooks.port }}, protocol: TCP}
  {{- end }}
startupProbe:
  {{- toYaml (merge (dict "httpGet" (dict "path" "/healthz" "port" $port)) $v.startupProbe) | nindent 2 }}
livenessProbe:
  {{- toYaml (merge (dict "httpGet" (dict "path" "/healthz" "port" $port)) $v.livenessProbe) | nindent 2 }}
readinessProbe:
  {{- toYaml (merge (dict "httpGet" (dict "path" "/readyz" "port" $port)) $v.readinessProbe) | nindent 2 }}
{{- if and $v.preStopSleepSeconds (or $v.dashboard.enabled $v.webhooks.enabled) }}
lifecycle:
  preStop:
    sleep: {seconds: {{ $v.preStopSleepSeconds }}}
{{- end }}
{{- end -}}

{{- define "fairlead.volumes" -}}
{{- $v := .Values -}}
- name: installation
  configMap: {name: {{ include "fairlead.fullname" . }}}
- name: config
  configMap:
    name: {{ include "fairlead.configMap" . }}
    {{- if not $v.config.existingConfigMap }}
    items:
      - {key: fairlead.yaml, path: fairlead.yaml}
      {{- if $v.config.org }}
      - {key: org.yaml, path: org.yaml}
      {{- end }}
      {{- range $path, $_ := $v.config.files }}
      - {key: {{ include "fairlead.key" $path | quote }}, path: {{ $path | quote }}}
      {{- end }}
    {{- end }}
{{- with include "fairlead.agreementMaps" . | fromJsonArray }}
- name: agreements
  projected:
    sources:
      {{- range . }}
      - configMap: {name: {{ . | quote }}}
      {{- end }}
{{- end }}
{{- with include "fairlead.secretFiles" . | fromJson }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $path, $from := . }}
      - secret:
          name: {{ $from.existingSecret | quote }}
          items: [{key: {{ $from.key | quote }}, path: {{ $path | quote }}}]
      {{- end }}
{{- end }}
- name: data
  {{- if include "fairlead.onSQLite" . }}
  persistentVolumeClaim: {claimName: {{ include "fairlead.claimName" . }}}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- with $v.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
