#!/usr/bin/env bash
# The newcomer's path, timed: a clone of this checkout, the release build, `demo`, and the first alert on its page.
# Crates are taken from cargo's cache where they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$(mktemp -d)
demo=
# shellcheck disable=SC2329 # called by the trap
clean() {
  [ -z "$demo" ] || kill "$demo" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT

began=$(date +%s.%N)
since() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f s", to - from }'; }

git clone --quiet . "$folder/undercurrent"
cd "$folder/undercurrent"
echo "clone: $(since "$began")"
build=$(date +%s.%N)
CARGO_TARGET_DIR=target cargo build --release --quiet
echo "build: $(since "$build")"
start=$(date +%s.%N)
target/release/undercurrent demo --admin 127.0.0.1:19464 >/dev/null 2>&1 &
demo=$!
# What the page itself is sent. (A pipe would fail with the curl that grep leaves behind.)
until grep -qm1 '^event: alerts' < <(timeout 2 curl -fsSN http://127.0.0.1:19464/events 2>/dev/null); do
  kill -0 "$demo" || { echo "the demo has ended" >&2; exit 1; }
done
echo "first alert on the page, from the start of the demo: $(since "$start")"
echo "all: $(since "$began")"
