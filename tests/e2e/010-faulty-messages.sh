#!/bin/sh
# Bytes that are no order, orders of another version, of nothing, of what is done, a thousand of one, one of 900 KB: each bad
# message stands in the ledger with its reason and place, and the run ends with the same bytes as an undisturbed one.
. "$(dirname "$0")/lib.sh"
command -v kcat >/dev/null || { note 'no kcat'; trap - EXIT; rm -rf "$work"; echo '1..0 # SKIP kcat is not installed'; exit 0; }
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'an undisturbed run' 0 tidemill run "$work/small.yaml"
digests > "$work/undisturbed"
tidemill down

export TIDEMILL_STATE="$work/disturbed"
topic=tidemill.work.clean.v1
nobody=01890000-0000-7000-8000-000000000001
order() { # type, task, run
    printf '{"specversion":"1.0","id":"%s","source":"/test","type":"%s","data":{"task":"%s","run":"%s"}}' "$2" "$1" "$2" "$3"
}
put() { kcat -P -b "127.0.0.1:$(cat "$TIDEMILL_STATE/kafka/port")" -t "$topic" -X message.max.bytes=1000000 "$@"; }
letters() { sql "select count(*) from ledger.dead_letter where $1"; }
buried() { [ "$(letters true)" -ge "$1" ]; }

tidemill up >/dev/null
head -c 200 /bin/ls > "$work/garbage" # binary: neither JSON nor UTF-8
printf '\377\376\200 no text' > "$work/bytes"
printf '{"hello": "w\303\266rld"}' > "$work/other.json"
order work.clean.v2 $nobody $nobody > "$work/version"
{ printf '{"specversion":"1.0","type":"x'; i=0; while [ $i -lt 60 ]; do printf '\303\251'; i=$((i + 1)); done; printf '"}'; } > "$work/cut"
order work.clean.v1 $nobody $nobody > "$work/unknown"
order work.clean.v1 no-uuid $nobody > "$work/uuid"
head -c 900000 /dev/zero | tr '\0' 'x' > "$work/big"
for message in garbage bytes other.json version cut unknown uuid big; do
    ok "the topic takes $message" put "$work/$message"
done
exits 'a run among them' 0 tidemill run "$work/small.yaml"
digests > "$work/disturbed.digests"
ok 'nothing is lost, and nothing is more' cmp "$work/undisturbed" "$work/disturbed.digests"
tidemill up >/dev/null
ok 'all are buried' wait_for 120 buried 8
is 'each once' "$(letters true)" 8
is 'each with its place' "$(letters "topic = '$topic' and kafka_partition >= 0 and kafka_offset >= 0 and host <> ''")" 8
is 'another version is told apart' "$(sql "select error from ledger.dead_letter where reason = 'other version' and error like '%v2%'")" \
    'its type is "work.clean.v2"; this program understands work.<stage>.v1'
is 'the unknown task by its id' "$(sql "select error from ledger.dead_letter where reason = 'unknown task'")" $nobody
is 'no CloudEvent' "$(letters "reason = 'undecodable' and error = 'not a CloudEvent of specversion 1.0'")" 1
is 'no UUID' "$(letters "reason = 'undecodable' and error = 'data.task is no UUID'")" 1
is 'no JSON' "$(letters "reason = 'undecodable' and error like '%invalid JSON%'")" 3
is 'of a big message its beginning is kept' "$(sql 'select max(octet_length(payload)) from ledger.dead_letter')" 4096

task=$(sql "select id from ledger.task where kind = 'clean.shard' limit 1")
run=$(sql "select run from ledger.task where id = '$task'")
tasks=$(sql 'select count(*) from ledger.task')
attempts=$(sql 'select count(*) from ledger.attempt')
order work.clean.v1 "$task" "$run" > "$work/again"
echo >> "$work/again"
i=0
while [ $i -lt 1000 ]; do cat "$work/again"; i=$((i + 1)); done > "$work/thousand"
put -l "$work/thousand" # one message a line
page=$(find "$work/pages" -name '*.html' | sort | head -n 1)
sed -i 's|</body>|<p>The tide comes in twice a day, and the mill grinds what the farmers bring to it.</p></body>|' "$page"
exits 'a run behind a thousand orders of a task that is done' 0 tidemill run "$work/small.yaml"
like 'releases' "$out" 'released small-lm v2'
is 'the task that is done was not touched' "$(sql "select state || ' ' || attempt from ledger.task where id = '$task'")" 'done 1'
is 'every attempt is of the new run' "$(sql "select count(*) from ledger.attempt a join ledger.task t on t.id = a.task where t.run = '$run' or true")" \
    "$(sql "select $attempts + sum(t.attempt) from ledger.task t where t.run <> '$run'")"
ok 'the new run has tasks of its own' test "$(sql 'select count(*) from ledger.task')" -gt "$tasks"
is 'repeated orders are no bad messages' "$(letters true)" 8
finish
