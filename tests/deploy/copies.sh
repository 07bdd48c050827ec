#!/usr/bin/env bash
# Copies rules and dashboards into the chart. A chart must hold its files itself, and links do not survive every way to
# install it, so they are copies; tests/deploy.rs fails where one differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

files=deploy/helm/undercurrent/files
rm -rf "$files"
mkdir -p "$files/rules" "$files/dashboards"
cp deploy/prometheus/rules/*.yaml "$files/rules/" 2>/dev/null || true
cp deploy/grafana/*.json "$files/dashboards/" 2>/dev/null || true
