#!/bin/sh
# What was set aside is listed, shown, and sent again: once, by whom, and only where it can be.
. "$(dirname "$0")/lib.sh"
tidemill up > /dev/null
exits 'nothing was set aside' 0 tidemill dead
like 'and that is said' "$out" '^no message was set aside'
topic=tidemill.work.clean.v1
nobody=01890000-0000-7000-8000-000000000001
order='{"specversion":"1.0","id":"1","source":"/test","type":"work.clean.v1","data":{"task":"'$nobody'","run":"'$nobody'"}}'
letter() { # reason, offset, payload as an SQL expression
    sql "insert into ledger.dead_letter (topic, kafka_partition, kafka_offset, reason, error, payload, host)
         values ('$topic', 0, $2, '$1', 'made up', $3, 'here') returning id"
}
order=$(letter 'other version' 1 "convert_to('$order', 'UTF8')")
bytes=$(letter undecodable 2 "'\\xfffe'::bytea")
long=$(letter undecodable 3 "decode(repeat('41', 4096), 'hex')")
good=$(letter undecodable 4 "convert_to('Grüße', 'UTF8')")
like 'the list' "$(tidemill dead)" "^ +$order +20.* other version +$topic .*made up"
exits 'one' 0 tidemill dead show "$order"
like 'its place' "$out" '^  place +partition 0, offset 1$'
like 'its message' "$out" '^  message +.*specversion'
ok 'for programs' sh -c 'tidemill dead --json | python3 -m json.tool > /dev/null'
exits 'it is sent again' 0 tidemill dead send "$order"
again() { [ "$(sql "select count(*) from ledger.dead_letter where reason = 'unknown task' and error = '$nobody'")" = 1 ]; }
ok 'a worker hears it, and sets it aside with its own reason' wait_for 120 again
is 'who sent it is known' "$(sql "select sent_by from ledger.dead_letter where id = $order and sent is not null")" "$(id -un)"
exits 'a second time' 2 tidemill dead send "$order"
like 'it is not' "$out" 'sent again already'
exits 'bytes that are no text' 2 tidemill dead send "$bytes"
like 'rest' "$out" 'is no text'
exits 'what was cut' 2 tidemill dead send "$long"
sql "update ledger.dead_letter set sent = now(), sent_by = 'test' where reason = 'unknown task'" > /dev/null
exits 'all that is left' 0 tidemill dead send all
is 'is sent where it can be' "$out" '1 go out again, 2 cannot be sent'
is 'once' "$(sql "select count(*) from ledger.dead_letter where sent is not null and id in ($order, $good)")" 2
exits 'no number' 2 tidemill dead show x
exits 'no such letter' 2 tidemill dead show 4711
exits 'no such word' 2 tidemill dead bury

definition "$work/small.yaml" "$work/none"
exits 'a run that fails' 7 tidemill run "$work/small.yaml"
failed_task=$(sql "insert into ledger.dead_letter (task, reason, error, host) select id, 'failed', 'made up', 'here'
                   from ledger.task limit 1 returning id")
exits 'a task that failed is not sent' 2 tidemill dead send "$failed_task"
like 'but tried again by a run' "$out" 'tidemill retry [0-9a-f-]{13}'
like 'which show says too' "$(tidemill dead show "$failed_task")" 'try again: tidemill retry'
finish
