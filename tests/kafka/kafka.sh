#!/usr/bin/env bash
# A real single-node Apache Kafka (KRaft) for tests, on loopback, from Maven artifacts. Needs Java 17 and Maven.
#
#   kafka.sh jars         fetch the jars once and print their folder
#   kafka.sh start DIR    start a broker whose data, log and port live in DIR; print host:port once it serves.
#                         A DIR that was used before starts again with its data and its port.
#   kafka.sh stop DIR     let it shut down
#   kafka.sh kill DIR     SIGKILL, as a crash
#   kafka.sh guard DIR    start, then wait until standard input closes, then kill and delete DIR: whoever holds the
#                         other end of the pipe leaves no broker behind, however it dies
#
# KAFKA_JARS   where the jars are kept (default: the user's cache folder)
# KAFKA_HEAP   the broker's heap (default 512m)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
jars=${KAFKA_JARS:-${cache:-$here/../../target}/undercurrent/kafka-$version}
heap=${KAFKA_HEAP:-512m}
# Starting takes 3-5 s on an idle core; two minutes is for a machine that compiles beside it.
patience_seconds=120

fail() {
  echo "kafka.sh: $*" >&2
  exit 1
}

fetch_jars() {
  [ -d "$jars" ] && return
  command -v mvn >/dev/null || fail "Maven is not installed (command mvn), and no jars are cached in $jars"
  mkdir -p "$(dirname "$jars")"
  # Filled beside its place and then renamed, so that a broken download or a second run never leaves half a set.
  local filling
  filling=$(mktemp -d "$jars.XXXXXX")
  mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$filling" >&2 \
    || { rm -rf "$filling"; fail "Maven could not fetch Kafka $version"; }
  mv "$filling" "$jars" 2>/dev/null || rm -rf "$filling"
  # Had another run been faster, mv would have put the folder inside the finished one.
  rm -rf "$jars/$(basename "$filling")"
}

# A port on which nobody listens. Below the range that systems hand out to outgoing connections, so that none of
# those takes it before the broker does; a rival that does is met by choosing anew.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

configure() { # DIR
  local dir=$1 port controller
  port=$(free_port)
  controller=$(free_port)
  while [ "$controller" = "$port" ]; do controller=$(free_port); done
  echo "$port" >"$dir/port"
  cat >"$dir/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
log.dirs=$dir/data
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=8388608
PROPERTIES
  local id
  # An id that begins with a dash would be taken for an option.
  id=A$(head -c 15 /dev/urandom | base64 | tr '+/' '-_' | cut -c2-)
  java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "$jars/*" kafka.tools.StorageTool format -t "${id}AA" -c "$dir/server.properties" >"$dir/format.log" 2>&1 \
    || { cat "$dir/format.log" >&2; fail "the data folder could not be formatted"; }
}

running() { # DIR
  [ -s "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null
}

# An open port is not yet a broker that serves: the log says so only after the broker was unfenced.
launch() { # DIR: 0 once it serves, 1 if it died
  local dir=$1
  : >"$dir/broker.log"
  java -Xms"$heap" -Xmx"$heap" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info \
    -cp "$jars/*" kafka.Kafka "$dir/server.properties" </dev/null >>"$dir/broker.log" 2>&1 &
  echo $! >"$dir/pid"
  disown # else the shell reports the kill of a guarded broker
  local until=$((SECONDS + patience_seconds))
  until grep -q 'Kafka Server started' "$dir/broker.log"; do
    running "$dir" || return 1
    [ "$SECONDS" -lt "$until" ] || { finish "$dir" -KILL; fail "no broker after $patience_seconds s, see $dir/broker.log"; }
    sleep 0.1
  done
}

start() { # DIR (absolute)
  local dir=$1
  running "$dir" && fail "already running in $dir"
  command -v java >/dev/null || fail "Java is not installed (command java, 17 or newer)"
  fetch_jars
  local fresh=
  [ -e "$dir/server.properties" ] || fresh=yes
  [ -z "$fresh" ] || configure "$dir"
  until launch "$dir"; do
    # A folder with data keeps its port: whoever comes back expects the broker where it was.
    if [ -n "$fresh" ] && grep -q 'Address already in use' "$dir/broker.log"; then
      rm -rf "$dir/data"
      configure "$dir"
    else
      tail -n 20 "$dir/broker.log" >&2
      fail "the broker died while starting"
    fi
  done
  echo "127.0.0.1:$(cat "$dir/port")"
}

finish() { # DIR SIGNAL
  running "$1" || { rm -f "$1/pid"; return 0; }
  local pid
  pid=$(cat "$1/pid")
  kill "$2" "$pid"
  local until=$((SECONDS + 30))
  while kill -0 "$pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$until" ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  rm -f "$1/pid"
}

folder() { # DIR → absolute, made if missing
  [ -n "${1:-}" ] || fail "which folder? See the head of $here/kafka.sh"
  mkdir -p "$1" && cd "$1" && pwd
}

case "${1:-}" in
  jars)
    fetch_jars
    echo "$jars"
    ;;
  start)
    start "$(folder "${2:-}")"
    ;;
  stop)
    finish "$(folder "${2:-}")" -TERM
    ;;
  kill)
    finish "$(folder "${2:-}")" -KILL
    ;;
  guard)
    dir=$(folder "${2:-}")
    trap 'finish "$dir" -KILL; rm -rf "$dir"' EXIT
    trap 'exit 1' INT TERM HUP
    start "$dir"
    cat >/dev/null
    ;;
  *)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
