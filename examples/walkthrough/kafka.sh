#!/usr/bin/env bash
# The whole path over a broker: broker up, texts kept, a worker started, a request published, its events printed.
# Needs Java 17 and Maven for the broker, or KAFKA_BOOTSTRAP with the address of one.
set -euo pipefail
cd "$(dirname "$0")/../.."
room=$(mktemp -d)
started=()
broker=
tidy() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  wait
  [ -z "$broker" ] || scripts/kafka-down "$broker"
  rm -r "$room"
}
trap tidy EXIT

[ -n "${CJ_BIN:-}" ] || cargo build --quiet -p cj --features kafka --bins
bin=${CJ_BIN:-${CARGO_TARGET_DIR:-target}/debug}

if [ -z "${KAFKA_BOOTSTRAP:-}" ]; then
  broker=$room/broker
  KAFKA_BOOTSTRAP=$(scripts/kafka-up "$broker")
fi
export CJ_KAFKA=$KAFKA_BOOTSTRAP CJ_KAFKA_TOPIC_PREFIX="walkthrough-$$."
echo "broker: $CJ_KAFKA"

# Six texts go into the store; a request names them by id.
"$bin/cj" content examples/data/essays/{alma,bilal,cornelia,dragan,ebba,felix}.txt --store "$room/cj.db" >"$room/texts"

# A worker: consumers, relay, monitor and, here, a judge who makes answers up.
"$bin/cj" serve --store "$room/cj.db" --judge simulated --make-topics --seed 7 &
started+=($!)

# The platform asks, and reads what comes of it: the thin event, the rich one, and what was used.
for _ in $(seq 1 50); do
  if "$bin/platform" request --batch walkthrough <"$room/texts" 2>"$room/refused"; then break; fi
  sleep 0.2
done
"$bin/platform" tail --count 3
echo "done"
