#!/bin/sh
# A run is ended in the middle of its training, and the next one goes on from there: the same bytes as an undisturbed one, each
# point of the loss curve once, and the price of both.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 3000/; s/seed: 7/seed: 7\n      checkpoint_every: 200ms/' "$work/small.yaml"
curve="select count(*) || ' points, ' || count(distinct (m.key, m.step)) from ledger.metric m join ledger.task t on t.id = m.task
       where t.kind = 'train.fit' and t.state = 'done'"
state=$TIDEMILL_STATE

exits 'an undisturbed run' 0 tidemill run "$work/small.yaml"
digests > "$work/undisturbed"
ok 'made something' test -s "$work/undisturbed"
points=$(sql "$curve")
tidemill down > /dev/null

export TIDEMILL_STATE="$work/ended"
tidemill run "$work/small.yaml" > "$work/ended.out" 2>&1 &
runner=$!
kept() { [ "$(sql 'select count(*) from ledger.checkpoint where step > 100')" = 1 ]; }
ok 'a training has a checkpoint' wait_for 180 kept
exits 'its run is stopped' 0 tidemill stop "$(sql 'select id from ledger.run')"
await $runner
is 'and ends (exit 9)' "$ended" 9
find "$TIDEMILL_STATE/store" -type f -exec touch -d '2 days ago' {} + # as if it had been then
exits 'gc on the second day' 0 tidemill gc --delete
is 'leaves what the next run is to go on from' "$out" 'nothing to free'
exits 'the next run' 0 tidemill run "$work/small.yaml"
ok 'goes on from there' grep -q 'goes on from where task .* was ended' "$TIDEMILL_STATE/log/train-1.log"
ok 'not from the beginning' grep -Eq 'going on after step [0-9]{3}' "$TIDEMILL_STATE/log/train-1.log"
digests > "$work/ended.digests"
ok 'the same bytes' cmp "$work/undisturbed" "$work/ended.digests"
is 'the whole curve, each point once' "$(sql "$curve")" "$points"
is 'the training costs what both attempts did' \
    "$(sql "select t.amount = (select sum(c.amount) from ledger.charge c join ledger.task t on t.id = c.task where t.kind = 'train.fit')
            from report.cost_per_token t where t.tokens is not null")" t
is 'no checkpoint is left' "$(sql 'select count(*) from ledger.checkpoint')" 0
tidemill down > /dev/null
export TIDEMILL_STATE="$state"
finish
