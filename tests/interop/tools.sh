#!/usr/bin/env bash
# Tools of others for tests/interop.rs and tests/stix.rs. Needs Java 17, Maven, and Python 3.11 with venv.
#
#   tools.sh fetch    fetch what is missing (Maven artifacts, PyPI packages)
#   tools.sh jars     print the folder of Kafka's clients; fails where it was not fetched
#   tools.sh python   print the Python that has the packages; fails where it was not fetched
#
# INTEROP_JARS   where the jars are kept (default: the user's cache folder)
# INTEROP_VENV   where the Python environment is (default: target/interop/venv)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The version of the broker: a client of another one would test something else.
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/../kafka/pom.xml")
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
jars=${INTEROP_JARS:-${cache:-$here/../../target}/undercurrent/kafka-clients-$version}
venv=${INTEROP_VENV:-$(cd "$here/../.." && pwd)/target/interop/venv}

fail() {
  echo "tools.sh: $*" >&2
  exit 1
}

fetch_jars() {
  [ -d "$jars" ] && return
  command -v mvn >/dev/null || fail "Maven is not installed (command mvn)"
  mkdir -p "$(dirname "$jars")"
  # Filled beside its place and then renamed: a broken download never looks like a set.
  local filling
  filling=$(mktemp -d "$jars.XXXXXX")
  mvn -B -q -f "$here/pom.xml" "-Dkafka.version=$version" \
    dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$filling" >&2 \
    || { rm -rf "$filling"; fail "Maven could not fetch the clients of Kafka $version"; }
  mv -T "$filling" "$jars" 2>/dev/null || rm -rf "$filling"
}

# Whole, and made from this list.
ready_venv() {
  cmp -s "$here/requirements.txt" "$venv/requirements.txt"
}

fetch_venv() {
  ready_venv && return
  rm -rf "$venv"
  python3 -m venv "$venv" >&2 || fail "no Python environment could be made (python3 with its venv module)"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2 \
    || fail "the packages of $here/requirements.txt could not be had"
  cp "$here/requirements.txt" "$venv/requirements.txt"
}

case "${1:-}" in
  fetch)
    fetch_jars
    fetch_venv
    ;;
  jars)
    [ -d "$jars" ] || fail "Kafka's clients are not there; tests/interop/tools.sh fetch gets them"
    echo "$jars"
    ;;
  python)
    ready_venv || fail "the Python packages are not there; tests/interop/tools.sh fetch gets them"
    echo "$venv/bin/python"
    ;;
  *)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
