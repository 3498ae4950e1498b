#!/bin/sh
# A training is ended in its middle in one way after the other, and what comes next goes on from there: no step that was done is
# lost, the same bytes as an undisturbed one, each point of the loss curve once, and the price of all attempts.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 10000/; s/seed: 7/seed: 7\n      checkpoint_every: 1h\n      report_every: 10/; s/lease: 10s/lease: 60s/' "$work/small.yaml"
curve="select count(*) || ' points, ' || count(distinct (m.key, m.step)) from ledger.metric m join ledger.task t on t.id = m.task
       where t.kind = 'train.fit' and t.state = 'done'"
state=$TIDEMILL_STATE

exits 'an undisturbed run' 0 tidemill run "$work/small.yaml"
digests > "$work/undisturbed"
ok 'made something' test -s "$work/undisturbed"
points=$(sql "$curve")
tidemill down > /dev/null

export TIDEMILL_STATE="$work/ended"
holdable
log="$TIDEMILL_STATE/log/train-1.log"
shown() { sql "select coalesce(max((progress ->> 'done')::float8), 0)::bigint from ledger.task where kind = 'train.fit' and state = 'running'"; }
kept() { sql "select coalesce(max(step), 0) from ledger.checkpoint"; }
trained_past() { [ "$(shown)" -gt "$1" ]; }
gone_on() { grep -Eq "going on after step $1\$" "$log"; }
worker() { head -n 1 "$TIDEMILL_STATE/workers/train-1.pid"; }
ended_well() { [ "$(sql "select count(*) from ledger.attempt a join ledger.task t on t.id = a.task
                         where t.kind = 'train.fit' and a.outcome = 'cancelled' and a.error like '%told to end%'")" = "$1" ]; }

tidemill run "$work/small.yaml" > "$work/ended.out" 2>&1 &
runner=$!
ok 'it trains' wait_for 180 trained_past 50
seen=$(shown)
kill -TERM "$(worker)"
ok 'its worker is told to end, and gives it back' wait_for 60 ended_well 1
step=$(kept)
ok "with a checkpoint of that moment (step $step, seen at $seen)" test "$step" -ge "$seen"
ok 'the next worker goes on after the last step' wait_for 60 gone_on "$step"

ok 'it trains on' wait_for 180 trained_past $((step + 50))
hold train write
kill -TERM "$(worker)"
ok 'a worker that is told to end stands in the writing of its checkpoint' wait_for 60 standing train.fit
kill -TERM "$victim"
kill -KILL "$victim"
let_go train
is 'killed there, the checkpoint before stands' "$(kept)" "$step"
ok 'and is gone on from once more' wait_for 60 sh -c "[ \$(grep -Ec 'going on after step $step\$' '$log') = 2 ]"

ok 'it trains on' wait_for 180 trained_past $((step + 50))
seen=$(shown)
attempt=$(sql "select attempt from ledger.task where kind = 'train.fit'")
kill -QUIT "$(head -n 1 "$TIDEMILL_STATE/postgres/data/postmaster.pid")" # its sessions end at once
ok 'PostgreSQL ends at once: it trains on' wait_for 180 trained_past $((seen + 50))
is 'as the same attempt' "$(sql "select attempt from ledger.task where kind = 'train.fit'")" "$attempt"

seen=$(shown)
exits 'its run is stopped' 0 tidemill stop "$(sql 'select id from ledger.run')"
await $runner
is 'and ends (exit 9)' "$ended" 9
tidemill up > /dev/null
last=$(kept)
ok "with a checkpoint of that moment (step $last, seen at $seen)" test "$last" -ge "$seen"
is 'of a task that is cancelled' "$(sql "select t.state from ledger.task t join ledger.checkpoint c on c.task = t.id")" cancelled
find "$TIDEMILL_STATE/store" -type f -exec touch -d '2 days ago' {} + # as if it had been then
exits 'gc on the second day' 0 tidemill gc --delete
is 'leaves what the next run is to go on from' "$out" 'nothing to free'
tidemill down > /dev/null

tidemill run "$work/small.yaml" > "$work/next.out" 2>&1 &
runner=$!
ok 'the next run goes on from there' wait_for 180 gone_on "$last"
ok 'and says of which task' grep -q 'goes on from where task .* was ended' "$log"
ok 'it trains on' wait_for 180 trained_past $((last + 50))
kill -TERM $runner
await $runner
is 'its runner is told to end (exit 9), and ends the workers' "$ended" 9
exits 'the run is taken up again' 0 tidemill run "$work/small.yaml"
ok 'from a later step' sh -c "[ \"\$(sed -n 's/.*going on after step //p' '$log' | tail -n 1)\" -gt $last ]"
digests > "$work/ended.digests"
ok 'the same bytes' cmp "$work/undisturbed" "$work/ended.digests"
is 'the whole curve, each point once' "$(sql "$curve")" "$points"
is 'the training costs what all attempts did' \
    "$(sql "select t.amount = (select sum(c.amount) from ledger.charge c join ledger.task t on t.id = c.task where t.kind = 'train.fit')
            from report.cost_per_token t where t.tokens is not null")" t
is 'no checkpoint is left' "$(sql 'select count(*) from ledger.checkpoint')" 0
tidemill down > /dev/null
export TIDEMILL_STATE="$state"
finish
