#!/bin/sh
# Stopping a run ends its work within a heartbeat, and what was done stays done; status and report.queue say what waits, and
# why.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed 's/steps: 40/steps: 1000000/' "$work/small.yaml" > "$work/long.yaml"
running() { [ "$(sql "select count(*) from ledger.task where kind = 'train.fit' and state = 'running'")" = 1 ]; }
nothing_runs() { [ "$(sql "select count(*) from ledger.task where state in ('ready', 'running')")" = 0 ]; }

tidemill up > /dev/null
tidemill run "$work/long.yaml" > "$work/long.out" 2>&1 &
runner=$!
ok 'a long run trains' wait_for 180 running
like 'status says since when' "$(tidemill status)" 'now +train\.fit'
run=$(sql 'select id from ledger.run')
exits 'it is stopped' 0 tidemill stop "$run"
ok 'its work ends' wait_for 120 nothing_runs
took=$(sql "select round(extract(epoch from max(a.finished) - r.finished)) from ledger.run r join ledger.task t on t.run = r.id
            join ledger.attempt a on a.task = t.id where a.outcome = 'cancelled' group by r.finished")
ok "within a heartbeat (10 s lease: 2.5 s), with much to spare on a busy machine ($took s)" test "$took" -le 15
await $runner
is 'the runner ends with it (exit 9)' "$ended" 9
exits 'to stop it again is no error' 0 tidemill stop "$run"
done_before=$(sql "select count(*) from ledger.task where state = 'done'")
exits 'the next run' 0 tidemill run "$work/small.yaml"
is 'reuses all that was done but the look at the sources' \
    "$(sql "select count(*) from ledger.task where state = 'reused'")" "$((done_before - 1))"

# Workers that a definition had started stay known to who has none at hand.
echo 'workers: {registry: 3}' > "$work/three.yaml"
tidemill up "$work/three.yaml" > /dev/null
started() { [ -s "$TIDEMILL_STATE/workers/registry-3.pid" ]; }
ok 'up starts as many workers as its site says' started
third=$(head -n 1 "$TIDEMILL_STATE/workers/registry-3.pid")
exits 'down, without that site' 0 tidemill down
ok 'ends them all' sh -c "! readlink /proc/$third/exe" # of a zombie neither

# What waits, and for what. Workers of one stage are kept away; a made-up error stands for a service that was away.
tidemill down > /dev/null
sed 's/seed: 7/seed: 8/; s/^site:/site:\n  workers: {train: 1, start: no}/' "$work/small.yaml" > "$work/waits.yaml"
tidemill run "$work/waits.yaml" > "$work/waits.out" 2>&1 &
runner=$!
ready() { [ "$(sql "select count(*) from ledger.task where state = 'ready'")" -ge 1 ]; }
ok 'a run without workers waits' wait_for 180 ready
like 'status says for what' "$(tidemill status)" 'waits +ingest\.scan 1: no worker of ingest is connected'
sql "update ledger.task set error = 'the disk says no', not_before = now() + interval '1 hour' where state = 'ready'" > /dev/null
like 'a task that is tried again later says when, and after what' "$(tidemill status)" 'tried again at [0-9:]{8}, after: the disk says no'
like 'the queue says so in SQL' "$(sql 'select why from report.queue')" 'after: the disk says no'
tidemill stop "$(sql 'select id from ledger.run order by created desc limit 1')" > /dev/null
await $runner
is 'it ends when it is stopped, too' "$ended" 9
finish
