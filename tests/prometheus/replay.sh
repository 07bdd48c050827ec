#!/usr/bin/env bash
# Checks what Prometheus is given, and replays the alerts' tests: made-up series in, alerts out, days in seconds.
# Needs promtool (Debian: prometheus). One file: tests/prometheus/replay.sh deploy/prometheus/tests/flow.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/prometheus"

promtool check config prometheus.yml
promtool check rules rules/*.yaml
if [ $# -gt 0 ]; then
  cd "$OLDPWD"
  promtool test rules "$@"
else
  promtool test rules tests/*.yaml
fi
