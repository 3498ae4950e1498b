#!/bin/sh
# What a run may refuse, each with its own exit status: a gate (6), the budget, before or on the way (5), a slot that is taken (4), a stop (9).
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"

sed 's/bits_per_byte < 20/bits_per_byte < 0.01/' "$work/small.yaml" > "$work/gate.yaml"
exits 'a gate refuses the model' 6 tidemill run "$work/gate.yaml"
like 'and says with which numbers' "$out" 'bits_per_byte < 0\.01'
is 'nothing is in production' "$(sql 'select count(*) from report.model where aliases is not null')" 0
is 'the refused version is on record' "$(sql 'select count(*) from ledger.model_version')" 1

sed 's/^ingest:/budget: {run: 0.000001 EUR}\n\ningest:/; s/seed: 7/seed: 8/' "$work/small.yaml" > "$work/budget.yaml"
exits 'the budget refuses the run' 5 tidemill run "$work/budget.yaml"
like 'with its numbers' "$out" '0\.000001 EUR'

sed 's/steps: 40/steps: 1000000/; s/seed: 7/seed: 9/' "$work/small.yaml" > "$work/long.yaml"
slot=2026-11-23T02:30:00Z
tidemill run "$work/long.yaml" --slot $slot > "$work/long.out" 2>&1 &
runner=$!
ok 'a long run trains' wait_for 180 sh -c "[ \"\$(tidemill psql -XAtqc \"select count(*) from ledger.task where kind = 'train.fit' and state = 'running'\")\" = 1 ]"
exits 'the same slot again' 4 tidemill run "$work/long.yaml" --slot $slot
like 'names the run that holds it' "$out" '[0-9a-f]{8}'
run=$(sql "select id from ledger.run order by created desc limit 1")
exits 'the run is stopped' 0 tidemill stop "$run"
await $runner
is 'it ends as cancelled (exit 9)' "$ended" 9
is 'its training was not lost: the worker said that it ended' \
    "$(sql "select string_agg(a.outcome, ' ') from ledger.task t join ledger.attempt a on a.task = t.id where t.run = '$run' and t.kind = 'train.fit'")" cancelled

# A training that turns out dearer than the plan: here the limit comes down to what it has used.
sed 's/^ingest:/budget: {run: 1000 EUR, month: 2000 EUR}\n\ningest:/; s/seed: 9/seed: 10/' "$work/long.yaml" > "$work/dear.yaml"
tidemill run "$work/dear.yaml" > "$work/dear.out" 2>&1 &
runner=$!
ok 'a run with a budget trains' wait_for 180 sh -c "[ \"\$(tidemill psql -XAtqc \"select count(*) from ledger.task t join ledger.attempt a on a.task = t.id where t.kind = 'train.fit' and t.state = 'running' and a.cpu_seconds > 1\")\" = 1 ]"
is 'its limits are on record' "$(sql "select (plan -> 'limits') - 'month_spent' from ledger.run where state = 'running'")" '{"run": 1000.0, "month": 2000.0, "currency": "EUR"}'
sql "update ledger.run set plan = jsonb_set(plan, '{limits,run}', '0.000001') where state = 'running'" > /dev/null
await $runner
is 'once it is spent the run ends (exit 5)' "$ended" 5
like 'and says what was spent, and what to do' "$(cat "$work/dear.out")" 'budget of a run, 1e-06 EUR, is spent \(.*budget\.run'
nothing_runs() { [ "$(sql "select count(*) from ledger.task where state in ('ready', 'running')")" = 0 ]; }
ok 'its work ends with it' wait_for 120 nothing_runs
finish
