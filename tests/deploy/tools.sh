#!/usr/bin/env bash
# Installs the tools of requirements.txt once, below target/, and prints the folder of their programs.
# Needs Python 3.10 with venv and pip, and PyPI the first time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
tools=$target/deploy-tools

# Two runs at a time would fill the same folder.
exec 9>"$tools.lock"
flock 9
# The list is put beside them last: a broken download is begun anew.
if ! cmp -s "$here/requirements.txt" "$tools/installed.txt"; then
  rm -rf "$tools"
  python3 -m venv "$tools" >&2
  "$tools/bin/pip" install --quiet --disable-pip-version-check --no-input --no-deps --retries 2 --timeout 30 \
    --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$tools/installed.txt"
fi
echo "$tools/bin"
