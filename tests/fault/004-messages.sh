#!/bin/sh
# Messages are lost (a stranger in the workers' groups takes them and drops them), come late (what it took, after their tasks
# are done), many times and in any order; the broker is restarted empty, again and again; topics are deleted (Apache Kafka).
# Bytes that are no order, and orders of another version, are in tests/e2e/010-faulty-messages.sh.
. "$(dirname "$0")/lib.sh"
command -v kcat >/dev/null || { note 'no kcat'; trap - EXIT; rm -rf "$work"; echo '1..0 # SKIP kcat is not installed'; exit 0; }
undisturbed
stages='ingest clean tokenize train evaluate registry'
if [ "${KAFKA:-embedded}" = apache ]; then
    address() { sed -n 's|^listeners=CLIENT://\([0-9.]*:[0-9]*\).*|\1|p' "$TIDEMILL_STATE/kafka/apache/server.properties" 2>/dev/null; }
    pid_file() { echo "$TIDEMILL_STATE/kafka/apache/pid"; }
else
    address() { sed 's/^/127.0.0.1:/' "$TIDEMILL_STATE/kafka/port" 2>/dev/null; }
    pid_file() { echo "$TIDEMILL_STATE/kafka/pid"; }
fi
# trains NAME: the run stands in its training, until let_go train.
trains() {
    hold train write
    start
    ok "$1: a training runs" wait_for 180 standing train.fit
}
# every order so far, a line each: topic, order
orders() { ask "select topic || ' ' || payload from ledger.outbox where task is not null and published is not null"; }
# send TIMES: all orders that were sent so far again, in an order that the seed draws.
send() {
    orders > "$work/orders"
    i=0
    while [ $i -lt "$1" ]; do cat "$work/orders"; i=$((i + 1)); done | shuf --random-source="$work/seed" > "$work/again"
    for stage in $stages; do
        sed -n "s/^tidemill.work.$stage.v1 //p" "$work/again" > "$work/again.$stage"
        kcat -P -b "$(address)" -t "tidemill.work.$stage.v1" -l "$work/again.$stage" 2>/dev/null
    done
    sent=$((sent + $(wc -l < "$work/again")))
}
yes "$SEED" | head -c 1000000 > "$work/seed"

fresh lost
TIDEMILL_STATE=$TIDEMILL_STATE tidemill up "$work/small.yaml" >/dev/null # with its broker, so that the thieves are there first
thieves=
for stage in $stages; do
    kcat -G "tidemill.$stage" -b "$(address)" -X session.timeout.ms=6000 -X partition.assignment.strategy=range,roundrobin \
        -X auto.offset.reset=earliest -u "tidemill.work.$stage.v1" > "$work/stolen.$stage" 2> "$work/thief.$stage" &
    thieves="$thieves $!"
done
joined() { [ "$(grep -lE 'assigned: .*\[[0-9]' "$work"/thief.* | wc -l)" = 6 ]; }
ok 'lost: the stranger has part of every topic' wait_for 120 joined
start
follow
# shellcheck disable=SC2086  # one word a process
kill $thieves
wait $thieves 2>/dev/null
stolen=$(cat "$work"/stolen.* | grep -c specversion)
ok "lost: the stranger took $stolen orders" test "$stolen" -gt 0
sound lost
cell 'messages lost' Kafka "$stolen"

fresh late
trains late
sent=0
send 1 # orders of tasks that are done long ago, and of the one that runs
let_go train
follow
ok 'late: orders came' test $sent -gt 0
sound late
cell 'messages late' Kafka $sent

fresh repeated
hold train
start
sent=0
while alive "$runner" && [ $sent -lt 5000 ]; do
    [ $sent -lt 500 ] || let_go train
    [ -z "$(address)" ] || send 5
    draw 400
    nap $((drawn + 100))
done
let_go train # where the runner ended before
follow
ok 'repeated: orders came' test $sent -gt 100
sound repeated
cell 'messages repeated, in any order' Kafka $sent

fresh empty
hold train
start
points=0
while alive "$runner" && [ $points -lt 6 ]; do
    [ $points -ne 3 ] || let_go train # some before, some after
    draw 1200
    nap $((drawn + 100))
    broker=$(head -n 1 "$(pid_file)" 2>/dev/null)
    if [ -n "$broker" ] && kill -TERM "$broker" 2>/dev/null; then points=$((points + 1)); fi
done
let_go train
follow
sound empty
again='restarted empty'
[ "${KAFKA:-embedded}" = embedded ] || again=restarted
cell "$again" Kafka $points

if [ "${KAFKA:-embedded}" = apache ]; then
    fresh deleted
    trains deleted
    ok 'deleted: the topics' "$BUILD/tests/fault/topics" "$(address)" $(for stage in $stages; do echo "tidemill.work.$stage.v1"; done)
    let_go train
    follow
    sound deleted
    cell 'topics deleted' Kafka 6
fi
finish
