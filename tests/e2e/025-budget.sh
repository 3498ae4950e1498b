#!/bin/sh
# Two runs of one budget begin at once: what is left is enough for one of them, and one of them begins.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'a first run, from which costs are known' 0 tidemill run "$work/small.yaml"
sed 's/seed: 7/seed: 8/' "$work/small.yaml" > "$work/next.yaml"
left=$(tidemill plan --json "$work/next.yaml" | python3 -c 'import json, sys; print("%.7f" % (1.5 * sum(s["amount_p90"] for s in json.load(sys.stdin)["stages"])))')
month=$(sql "select round(sum(amount) + $left, 7) from ledger.charge")
sed -i "s/^pipeline: small/&\nbudget: {month: $month EUR}/" "$work/next.yaml"
sed 's/seed: 8/seed: 9/' "$work/next.yaml" > "$work/other.yaml"
tidemill up "$work/small.yaml" > /dev/null

lock 'nobody begins just now' 'select from ledger.pipeline for update'
tidemill run "$work/next.yaml" > "$work/first" 2>&1 9>&- &
first=$!
tidemill run "$work/other.yaml" > "$work/second" 2>&1 9>&- &
second=$!
ok 'two runs have seen what is left' wait_for 60 sh -c "tidemill psql -XAtqc \"select count(*) from pg_stat_activity
    where wait_event_type = 'Lock' and application_name = 'tidemill'\" | grep -qx 2"
unlock
await $first
one=$ended
await $second
refused=$ended
! grep -q 'nothing was started' "$work/first" || refused=$one
is 'one of them is refused (exit 5)' "$refused" 5
like 'and says what is left' "$(cat "$work/first" "$work/second")" "of this month's budget of .* EUR is left; nothing was started"
is 'the other is a run, whatever a busy machine makes of its cost' "$(sql 'select count(*) from ledger.run')" 2
finish
