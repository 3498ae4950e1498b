#!/bin/sh
# Three brokers, three copies, two of which must have a message. One is killed, one is cut off, the leaders move, two of three
# are gone, each in the middle of a run, which is held there meanwhile: it ends with the same bytes as an undisturbed one.
. "$(dirname "$0")/lib.sh"
holdable
cluster_start
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
KAFKA="{bootstrap.servers: \"$bootstrap\", session.timeout.ms: 6000, heartbeat.interval.ms: 500}"
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 1500/; s/seed: 7/seed: 7\n      checkpoint_every: 200ms/; s/shard_bytes: .*/shard_bytes: 32 KiB/' "$work/small.yaml"

# begin NAME: a new state folder and topics of its own.
begin() {
    which=$1
    export TIDEMILL_STATE="$work/$which"
    sed "s/lease: 10s/lease: 10s\n  topic_prefix: $which\n  partitions: 6/" "$work/small.yaml" > "$work/$which.yaml"
    exits "$which: tidemill init" 0 tidemill init "$work/$which.yaml"
}
prepare=:
# The first shards are being cleaned, and the others have not been read: most orders are still to come.
under_way() {
    standing clean.shard && return
    ! standing ingest.read || rm -f "$mark"
    return 1
}
# disturbed NAME COMMAND SEEN: once shards are being cleaned, COMMAND; the training waits until SEEN; the run must end the same.
disturbed() {
    begin "$1"
    $prepare
    hold ingest write
    hold clean
    hold train
    tidemill run "$work/$which.yaml" > "$work/$which.out" 2>&1 &
    runner=$!
    ok "$which: a shard is being cleaned" wait_for 120 under_way
    since=$(sql 'select clock_timestamp()')
    eval "$2"
    ok "$which: it was in the middle" sql_is running "select state from ledger.run"
    let_go ingest
    let_go clean
    ok "$which: $(echo "$3" | tr _ ' ')" wait_for 180 "$3"
    ok "$which: the run goes on meanwhile, as far as the training" wait_for 180 standing train.fit
    let_go train
    await $runner
    is "$which: the run is done" "$ended" 0
    digests > "$work/$which.digests"
    ok "$which: the same bytes" cmp "$work/undisturbed.digests" "$work/$which.digests"
    tail -n 3 "$work/$which.out" | sed 's/^/#   /'
}
# The ledger may have carried all that came before the training; so one more message is put among the orders, which only the
# relay can send.
orders_go_on() {
    sql "insert into ledger.outbox (topic, key, payload) select '$which.dead.v1', 'probe', '{}'
         where not exists (select from ledger.outbox where key = 'probe')"
    [ "$(sql "select count(*) from ledger.outbox where key = 'probe' and published > '$since'")" = 1 ]
}
orders_stay() {
    [ "$(sql 'select count(*) from ledger.outbox where kafka_offset is null')" -gt 0 ] &&
        grep -q 'nothing could be sent.*the ledger carries the work meanwhile' "$TIDEMILL_STATE"/log/*
}
sql_is() { [ "$(sql "$2")" = "$1" ]; }
leaders() { # topic: how many partitions each broker leads
    kcat -b "$bootstrap" -L -t "$1" 2>/dev/null | sed -n 's/.*leader \([0-9]*\),.*/\1/p' | sort | uniq -c | tr -s ' \n' ' '
}
in_sync() { # topic: all partitions have three copies in step
    [ "$(kcat -b "$bootstrap" -L -t "$1" 2>/dev/null | grep -cE 'isrs: [0-9],[0-9],[0-9]$')" = 6 ]
}

begin undisturbed
topic=undisturbed.work.clean.v1
ok 'six partitions with three copies each' wait_for 120 in_sync $topic
like 'two copies must have a message, for a day' "$(tool TopicCommand --describe --topic $topic)" \
    'ReplicationFactor: 3.*min.insync.replicas=2.*retention.ms=86400000'
exits 'tidemill init again changes nothing' 0 tidemill init "$work/undisturbed.yaml"
sed 's/  partitions: 6/&\n  min_insync_replicas: 4/' "$work/undisturbed.yaml" > "$work/four.yaml"
exits 'copies that cannot be' 3 tidemill init "$work/four.yaml"
like 'are refused' "$out" 'min_insync_replicas is 4, but a topic would have 3 copies: nothing could be sent'
hold train
tidemill run "$work/undisturbed.yaml" > "$work/undisturbed.out" 2>&1 &
runner=$!
ok 'a run trains' wait_for 180 standing train.fit
kafka_takes 'messages go through Kafka' undisturbed
let_go train
await $runner
is 'an undisturbed run' "$ended" 0
digests > "$work/undisturbed.digests"
ok 'made something' test -s "$work/undisturbed.digests"
tidemill down > /dev/null

disturbed killed 'kill -9 "$(broker_pid 1)"' orders_go_on
tidemill down > /dev/null
broker_start 1
ok 'killed: it comes back' wait_for 180 in_sync killed.work.train.v1

disturbed cutoff 'freeze "$(broker_pid 2)"' orders_go_on
tidemill down > /dev/null
kill -CONT "$(broker_pid 2)"
ok 'cut off: it comes back' wait_for 180 in_sync cutoff.work.train.v1

# All leaders to broker 3, while the orders of the clean stage go out: it is put first in every list of copies, elected later.
prefer() {
    ok 'moved: all copies are in step' wait_for 60 in_sync moved.work.clean.v1
    python3 - moved > "$work/plan.json" <<END
import json, sys
topics = ['%s.work.%s.v1' % (sys.argv[1], s) for s in 'ingest clean tokenize train evaluate registry'.split()]
print(json.dumps({'version': 1, 'partitions': [{'topic': t, 'partition': p, 'replicas': [3, 1, 2]}
                                               for t in topics for p in range(6)]}))
END
    tool reassign.ReassignPartitionsCommand --reassignment-json-file "$work/plan.json" --execute > "$work/moving" 2>&1
}
third_leads() { [ "$(leaders moved.work.clean.v1)" = ' 6 3 ' ]; }
move() {
    before=$(leaders moved.work.clean.v1)
    tool LeaderElectionCommand --election-type PREFERRED --all-topic-partitions >> "$work/moving" 2>&1
    ok 'moved: broker 3 leads all' wait_for 60 third_leads
    note "leaders were$before, are$(leaders moved.work.clean.v1)"
}
prepare=prefer
disturbed moved move orders_go_on
prepare=:
tidemill down > /dev/null

# The ledger carries the work.
disturbed two 'kill -9 "$(broker_pid 1)" "$(broker_pid 2)"' orders_stay
tidemill down > /dev/null
finish
