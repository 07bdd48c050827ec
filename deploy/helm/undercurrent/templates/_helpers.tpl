{{/* Names, labels, and what more than one template needs. */}}

{{- define "undercurrent.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 50: a pod's name adds an ordinal, its labels a revision. */}}
{{- define "undercurrent.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "undercurrent.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "undercurrent.selector" -}}
app.kubernetes.io/name: {{ include "undercurrent.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: scorer
{{- end -}}

{{/* Of everything, the pods of a test included; `component` is added where it differs. */}}
{{- define "undercurrent.common" -}}
app.kubernetes.io/name: {{ include "undercurrent.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "undercurrent.labels" -}}
{{ include "undercurrent.common" . }}
app.kubernetes.io/component: scorer
{{- end -}}

{{- define "undercurrent.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "undercurrent.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "undercurrent.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The pipeline file. What depends on the pod is said here: its name, where packs are mounted, where it listens. */}}
{{- define "undercurrent.pipeline" -}}
{{- $paths := list -}}
{{- if .Values.packs.shipped }}{{ $paths = append $paths "shipped" }}{{ end -}}
{{- if .Values.packs.files }}{{ $paths = append $paths "/etc/undercurrent/packs" }}{{ end -}}
{{- range .Values.packs.configMaps }}{{ $paths = append $paths (printf "/etc/undercurrent/packs-of/%s" .) }}{{ end -}}
{{- if not $paths }}{{ fail "there is no pack: set packs.shipped, packs.files or packs.configMaps" }}{{ end -}}
pipeline: {{ .Values.pipeline.pipeline | quote }}
kafka:
  # The ordinal's name outlives the pod: whoever comes after it ends the transactions that it left open. With the
  # namespace, because two releases of one name on one cluster would end each other's.
  instance: ${POD_NAMESPACE}-${POD_NAME}
  {{- toYaml .Values.pipeline.kafka | nindent 2 }}
packs:
  {{- toYaml $paths | nindent 2 }}
admin: {{ printf "%s:%v" .Values.admin.listen .Values.admin.port | quote }}
{{ toYaml (omit .Values.pipeline "pipeline" "kafka") }}
{{- end -}}

{{- define "undercurrent.probe" -}}
{{- toYaml .rule }}
httpGet: { path: {{ .path }}, port: admin }
{{- end -}}
