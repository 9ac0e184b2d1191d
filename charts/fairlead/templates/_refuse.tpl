{{- /* What cannot work, each in one sentence; all of it at once. */ -}}
{{- define "fairlead.mistakes" -}}
{{- $v := .Values -}}
{{- $m := list -}}
{{- if eq $v.store.type "sqlite" -}}
  {{- if eq $v.mode "cronjob" }}{{ $m = append $m "SQLite is one file that one process writes, and two CronJobs may meet: set store.type to redis, or mode to daemon." }}{{ end -}}
  {{- if and (eq $v.mode "daemon") (ne (int $v.replicaCount) 1) }}{{ $m = append $m "SQLite is one file that one process writes: set replicaCount to 1, or store.type to redis." }}{{ end -}}
  {{- if and (eq $v.mode "daemon") $v.autoscaling.enabled }}{{ $m = append $m "SQLite is one file that one process writes: set autoscaling.enabled to false, or store.type to redis." }}{{ end -}}
  {{- if and (eq $v.mode "daemon") (ne ($v.updateStrategy.type | default "Recreate") "Recreate") }}{{ $m = append $m "With SQLite the old pod has to end before the new one begins: leave updateStrategy empty, or set store.type to redis." }}{{ end -}}
  {{- if and (eq $v.mode "daemon") $v.podDisruptionBudget.enabled }}{{ $m = append $m "With SQLite there is one replica, and keeping it would keep its node from being drained: set podDisruptionBudget.enabled to false, or store.type to redis." }}{{ end -}}
  {{- if not $v.persistence.enabled }}{{ $m = append $m "Without a volume everything in SQLite would be gone with the pod: set persistence.enabled to true, or store.type to redis." }}{{ end -}}
  {{- if $v.store.redis.url }}{{ $m = append $m "store.redis.url names a Redis, but store.type is sqlite: set it to redis, or take the address out." }}{{ end -}}
{{- else -}}
  {{- if not $v.store.redis.url }}{{ $m = append $m "store.type is redis, but nothing says where it is: set store.redis.url." }}
  {{- else if contains "@" $v.store.redis.url }}{{ $m = append $m "A password does not belong into store.redis.url, which is kept in a ConfigMap: set store.redis.user and store.redis.password.existingSecret." }}
  {{- else if not (regexMatch "^rediss?([+](sentinel|cluster))?://." $v.store.redis.url) }}{{ $m = append $m "store.redis.url is no address of a Redis: begin it with redis://, redis+sentinel:// or redis+cluster://, or with rediss for TLS." }}{{ end -}}
  {{- if and $v.store.redis.user (not $v.store.redis.password.existingSecret) }}{{ $m = append $m "store.redis.user signs in with a password: set store.redis.password.existingSecret." }}{{ end -}}
  {{- if ne (empty $v.store.redis.tls.cert.existingSecret) (empty $v.store.redis.tls.key.existingSecret) }}{{ $m = append $m "A certificate and its key belong together: set both store.redis.tls.cert and store.redis.tls.key, or neither." }}{{ end -}}
{{- end -}}
{{- if eq $v.mode "cronjob" -}}
  {{- range $what, $on := dict "dashboard.enabled" $v.dashboard.enabled "webhooks.enabled" $v.webhooks.enabled "ingress.enabled" $v.ingress.enabled "httproute.enabled" $v.httproute.enabled "autoscaling.enabled" $v.autoscaling.enabled "podDisruptionBudget.enabled" $v.podDisruptionBudget.enabled "monitoring.serviceMonitor.enabled" $v.monitoring.serviceMonitor.enabled "monitoring.prometheusRule.enabled" $v.monitoring.prometheusRule.enabled "monitoring.dashboards.enabled" $v.monitoring.dashboards.enabled -}}
  {{- if $on }}{{ $m = append $m (printf "CronJobs serve nothing between their runs: set %s to false, or mode to daemon." $what) }}{{ end -}}
  {{- end -}}
  {{- if ne (int $v.replicaCount) 1 }}{{ $m = append $m "CronJobs have no replicas: leave replicaCount at 1, or set mode to daemon." }}{{ end -}}
  {{- if $v.extraContainers }}{{ $m = append $m "A further container would keep a job from ending: take extraContainers out, or set mode to daemon." }}{{ end -}}
{{- else -}}
  {{- range $what, $on := dict "ingress.enabled" $v.ingress.enabled "httproute.enabled" $v.httproute.enabled -}}
  {{- if and $on (not $v.dashboard.enabled) (not $v.webhooks.enabled) }}{{ $m = append $m (printf "%s leads to pages or webhooks, and there are none: set dashboard.enabled or webhooks.enabled to true." $what) }}{{ end -}}
  {{- end -}}
  {{- if and $v.ingress.enabled (not $v.ingress.hosts) }}{{ $m = append $m "An Ingress needs to know for which hosts it is: set ingress.hosts." }}{{ end -}}
  {{- if and $v.httproute.enabled (not $v.httproute.parentRefs) }}{{ $m = append $m "An HTTPRoute needs a gateway: set httproute.parentRefs." }}{{ end -}}
  {{- if $v.dashboard.enabled -}}
    {{- if not $v.dashboard.settings.sign_in }}{{ $m = append $m "The pages are about people, and others reach them here: set dashboard.settings.sign_in to oidc, proxy or local." }}{{ end -}}
    {{- if not (hasPrefix "https://" ($v.dashboard.settings.url | default "")) }}{{ $m = append $m "Sign-in has to know where people open the pages: set dashboard.settings.url to an https address." }}{{ end -}}
    {{- if hasKey $v.dashboard.settings "listen" }}{{ $m = append $m "The address to listen at follows from dashboard.port: take listen out of dashboard.settings." }}{{ end -}}
  {{- end -}}
  {{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) }}{{ $m = append $m "autoscaling.minReplicas is more than autoscaling.maxReplicas: exchange them." }}{{ end -}}
  {{- if and $v.autoscaling.enabled (not $v.autoscaling.targetCPUUtilizationPercentage) (not $v.autoscaling.targetMemoryUtilizationPercentage) }}{{ $m = append $m "Autoscaling has to follow something: set autoscaling.targetCPUUtilizationPercentage or autoscaling.targetMemoryUtilizationPercentage." }}{{ end -}}
  {{- $ports := list (int $v.metrics.port) -}}
  {{- if $v.dashboard.enabled }}{{ $ports = append $ports (int $v.dashboard.port) }}{{ end -}}
  {{- if $v.webhooks.enabled }}{{ $ports = append $ports (int $v.webhooks.port) }}{{ end -}}
  {{- if ne (len $ports) (len (uniq $ports)) }}{{ $m = append $m "Two listeners cannot share a port: give dashboard.port, webhooks.port and metrics.port three values." }}{{ end -}}
{{- end -}}
{{- if lt (int $v.terminationGracePeriodSeconds) (add 45 (int $v.preStopSleepSeconds)) }}{{ $m = append $m (printf "fairlead may take 45 seconds to store what is under way, after %d of pause: set terminationGracePeriodSeconds to %d or more." (int $v.preStopSleepSeconds) (add 45 (int $v.preStopSleepSeconds))) }}{{ end -}}
{{- if $v.config.existingConfigMap -}}
  {{- if or $v.config.fairlead $v.config.org $v.config.files }}{{ $m = append $m "The configuration comes either from config.existingConfigMap or from config.fairlead, config.org and config.files: leave one of them out." }}{{ end -}}
{{- else if not $v.config.fairlead -}}
  {{- $m = append $m "There is no configuration: set config.fairlead (--set-file config.fairlead=fairlead.yaml), or config.existingConfigMap." -}}
{{- else -}}
  {{- if and (kindIs "string" $v.config.fairlead) (hasKey (fromYaml $v.config.fairlead) "Error") }}{{ $m = append $m "config.fairlead is text that cannot be read as YAML: try fairlead config check on the file first." }}{{ end -}}
  {{- range include "fairlead.configKeys" . | fromJsonArray -}}
  {{- if has . (list "store" "redis" "metrics" "webhooks" "dashboard" "calendar_folder") }}{{ $m = append $m (printf "This chart writes %s itself: take it out of config.fairlead, and set %s." . (get (dict "store" "store.type" "redis" "store.redis" "metrics" "metrics.port" "webhooks" "webhooks.enabled" "dashboard" "dashboard.settings" "calendar_folder" "persistence") .)) }}{{ end -}}
  {{- end -}}
  {{- $all := printf "%s\n%s" (include "fairlead.text" $v.config.fairlead) (include "fairlead.text" $v.agreements.teams) -}}
  {{- if regexMatch "[^_a-z]file:[^/\\s]" $all }}{{ $m = append $m "A report to a folder beside the configuration cannot be written there: name one below /var/lib/fairlead, as in file:/var/lib/fairlead/reports." }}{{ end -}}
  {{- if and (ne $v.store.type "sqlite") (regexMatch "[^_a-z]file:/var/lib/fairlead" $all) }}{{ $m = append $m "With Redis nothing below /var/lib/fairlead outlives its pod: let reports go to file: and a folder that extraVolumes mounts, or elsewhere." }}{{ end -}}
  {{- range $path, $_ := $v.config.files -}}
  {{- if or (has $path (list "fairlead.yaml" "org.yaml")) (not (regexMatch "^[A-Za-z0-9][-._A-Za-z0-9]*(/[A-Za-z0-9][-._A-Za-z0-9]*)*$" $path)) }}{{ $m = append $m (printf "config.files names a file %q: give it another name, of letters, digits, dots, dashes and slashes." $path) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- toJson $m -}}
{{- end -}}
