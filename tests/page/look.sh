#!/usr/bin/env bash
# The live page in a real browser: all that `cargo test` asks of it, and its pictures anew into docs/images (or into $1).
# Needs Debian's chromium and chromium-driver.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
UNDERCURRENT_SCREENSHOTS=${1:-docs/images} exec cargo test --test page -- --nocapture
