{{- define "fairlead.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* The name of objects: short enough for a CronJob, which has 52 letters, with -reports behind it. */ -}}
{{- define "fairlead.fullname" -}}
{{- $name := include "fairlead.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 44 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 44 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 44 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.selectorLabels" -}}
app.kubernetes.io/name: {{ include "fairlead.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fairlead.labels" -}}
{{ include "fairlead.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "fairlead.image" -}}
{{- $name := printf "%s/%s" .Values.image.registry .Values.image.repository | trimPrefix "/" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "fairlead.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.onSQLite" -}}
{{- if eq .Values.store.type "sqlite" }}true{{ end -}}
{{- end -}}

{{- define "fairlead.claimName" -}}
{{- .Values.persistence.existingClaim | default (include "fairlead.fullname" .) -}}
{{- end -}}

{{- /* What somebody gave as keys or as one text, as text. */ -}}
{{- define "fairlead.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{- /* The keys of config.fairlead, however they were given. */ -}}
{{- define "fairlead.configKeys" -}}
{{- $given := .Values.config.fairlead | default dict -}}
{{- if kindIs "string" $given -}}{{- $given = fromYaml $given -}}{{- end -}}
{{- keys $given | sortAlpha | toJson -}}
{{- end -}}

{{- define "fairlead.configMap" -}}
{{- .Values.config.existingConfigMap | default (printf "%s-config" (include "fairlead.fullname" .)) -}}
{{- end -}}

{{- /* The ConfigMaps with teams' files, as a list. */ -}}
{{- define "fairlead.agreementMaps" -}}
{{- $maps := .Values.agreements.existingConfigMaps -}}
{{- if .Values.agreements.teams -}}{{- $maps = append $maps (printf "%s-agreements" (include "fairlead.fullname" .)) -}}{{- end -}}
{{- toJson $maps -}}
{{- end -}}

{{- /* A key of a ConfigMap for a path, which may have slashes where a key may not. */ -}}
{{- define "fairlead.key" -}}
{{- . | replace "/" "__" -}}
{{- end -}}

{{- /* fairlead.yaml as this installation needs it; the rest is included. */ -}}
{{- define "fairlead.installation" -}}
{{- $c := dict -}}
{{- if include "fairlead.onSQLite" . -}}
{{- $_ := set $c "store" "sqlite:/var/lib/fairlead/fairlead.db" -}}
{{- else -}}
{{- $r := .Values.store.redis -}}
{{- $_ := set $c "store" $r.url -}}
{{- $redis := dict "prefix" $r.prefix -}}
{{- with $r.user }}{{ $_ := set $redis "user" . }}{{ end -}}
{{- with $r.sentinelUser }}{{ $_ := set $redis "sentinel_user" . }}{{ end -}}
{{- with $r.tls.serverName }}{{ $_ := set $redis "server_name" . }}{{ end -}}
{{- range $key, $file := include "fairlead.redisSecrets" . | fromJson -}}
{{- $_ := set $redis $key (printf "/run/secrets/fairlead/%s" $file.path) -}}
{{- end -}}
{{- $_ := set $c "redis" $redis -}}
{{- end -}}
{{- $_ := set $c "calendar_folder" "/var/lib/fairlead/calendars" -}}
{{- if eq .Values.mode "daemon" -}}
{{- $_ := set $c "metrics" (dict "listen" (printf ":%d" (int .Values.metrics.port)) "public" true) -}}
{{- if .Values.webhooks.enabled }}{{ $_ := set $c "webhooks" (dict "listen" (printf ":%d" (int .Values.webhooks.port))) }}{{ end -}}
{{- if .Values.dashboard.enabled -}}
{{- $_ := set $c "dashboard" (merge (dict "listen" (printf ":%d" (int .Values.dashboard.port))) .Values.dashboard.settings) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $c "include" (list "/etc/fairlead-config/fairlead.yaml") -}}
{{- if and .Values.config.org (not (has "org" (include "fairlead.configKeys" . | fromJsonArray))) -}}
{{- $_ := set $c "org" "/etc/fairlead-config/org.yaml" -}}
{{- end -}}
{{- if include "fairlead.agreementMaps" . | fromJsonArray -}}
{{- $_ := set $c "teams" (list "/etc/fairlead-agreements/*.yaml") -}}
{{- end -}}
{{- toYaml $c -}}
{{- end -}}

{{- /* The secrets of Redis: the key of the configuration, and which file holds it. */ -}}
{{- define "fairlead.redisSecrets" -}}
{{- $r := .Values.store.redis -}}
{{- $out := dict -}}
{{- if not (include "fairlead.onSQLite" .) -}}
{{- with $r.password }}{{ if .existingSecret }}{{ $_ := set $out "password_file" (dict "path" "redis-password" "from" .) }}{{ end }}{{ end -}}
{{- with $r.sentinelPassword }}{{ if .existingSecret }}{{ $_ := set $out "sentinel_password_file" (dict "path" "redis-sentinel-password" "from" .) }}{{ end }}{{ end -}}
{{- with $r.tls.ca }}{{ if .existingSecret }}{{ $_ := set $out "ca_file" (dict "path" "redis-ca" "from" .) }}{{ end }}{{ end -}}
{{- with $r.tls.cert }}{{ if .existingSecret }}{{ $_ := set $out "cert_file" (dict "path" "redis-cert" "from" .) }}{{ end }}{{ end -}}
{{- with $r.tls.key }}{{ if .existingSecret }}{{ $_ := set $out "key_file" (dict "path" "redis-key" "from" .) }}{{ end }}{{ end -}}
{{- end -}}
{{- toJson $out -}}
{{- end -}}

{{- /* Everything that is mounted below /run/secrets/fairlead: path to {existingSecret, key}. */ -}}
{{- define "fairlead.secretFiles" -}}
{{- $out := dict -}}
{{- range $path, $from := .Values.secretFiles }}{{ $_ := set $out $path $from }}{{ end -}}
{{- range include "fairlead.redisSecrets" . | fromJson }}{{ $_ := set $out .path .from }}{{ end -}}
{{- toJson $out -}}
{{- end -}}

{{- /* Nine tenths of a quantity of memory, for the garbage collector; nothing where it is none. */ -}}
{{- define "fairlead.goMemLimit" -}}
{{- $text := . -}}
{{- if not (kindIs "string" $text) -}}{{- $text = printf "%d" (int64 $text) -}}{{- end -}}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" $text -}}
{{- $units := dict "none" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := trimPrefix $number $text | default "none" -}}
{{- if and $number (hasKey $units $unit) -}}
{{- printf "%dMiB" (divf (mulf (float64 $number) (float64 (get $units $unit)) 0.9) 1048576.0 | floor | int64) -}}
{{- end -}}
{{- end -}}

{{- /* The ports in an address of Redis. */ -}}
{{- define "fairlead.redisPorts" -}}
{{- $url := .Values.store.redis.url -}}
{{- $ports := list -}}
{{- if .Values.networkPolicy.egress.redisPorts -}}
{{- range .Values.networkPolicy.egress.redisPorts }}{{ $ports = append $ports (int .) }}{{ end -}}
{{- else -}}
{{- $sentinel := contains "+sentinel:" $url -}}
{{- $hosts := regexReplaceAll "^[a-z+]+://" $url "" | splitList "/" | first -}}
{{- range splitList "," $hosts -}}
{{- $port := regexFind ":[0-9]+$" . | trimPrefix ":" -}}
{{- $ports = append $ports (int ($port | default (ternary "26379" "6379" $sentinel))) -}}
{{- end -}}
{{- if $sentinel }}{{ $ports = append $ports 6379 }}{{ end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}
