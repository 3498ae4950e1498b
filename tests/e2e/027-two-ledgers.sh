#!/bin/sh
# Workers of one ledger do nothing for another. A run with another site.postgres on the same state folder is refused where
# they were asked to stay, waits and says so where a run needs them, and ends those that a killed runner left.
. "$(dirname "$0")/lib.sh"
holdable

TIDEMILL_STATE=$work/server
tidemill up > /dev/null
server="host=$work/server/postgres/socket user=tidemill"
corpus "$work/pages" '*brin*.html' '*gist*.html'
definition "$work/small.yaml" "$work/pages"
for ledger in one two; do
    ok "ledger $ledger is made" psql -XAtqd "$server dbname=postgres" -c "create database $ledger"
    sed "s|^site:|site:\n  postgres: \"$server dbname=$ledger\"\n  store: $work/$ledger.store|" "$work/small.yaml" > "$work/$ledger.yaml"
done
TIDEMILL_STATE=$work/state
sql() { psql -XAtqd "$server dbname=one" -c "$1"; }

tidemill up "$work/one.yaml" > /dev/null
exits 'a run for the other' 2 tidemill run "$work/two.yaml"
like 'says whose workers these are, and what to do' "$out" "^tidemill: the workers that stay in $work/state work for another ledger \(site.postgres of $work/one.yaml\), .*\(tidemill down\).*\(--state DIR\)"
is 'and is not begun' "$(psql -XAtqd "$server dbname=two" -c 'select count(*) from ledger.run')" 0
exits 'nor are workers for it' 2 tidemill up "$work/two.yaml"
exits 'the first has its own' 0 tidemill run "$work/one.yaml"
exits 'somewhere else' 0 tidemill run --state "$work/elsewhere" "$work/two.yaml"
tidemill down --state "$work/elsewhere" > /dev/null
tidemill down > /dev/null

corpus "$work/pages" '*hash*.html'
hold train
tidemill run "$work/one.yaml" > "$work/one" 2>&1 &
runner=$!
ok 'a training of the one' wait_for 120 standing train.fit
tidemill run "$work/two.yaml" > "$work/two" 2>&1 &
second=$!
ok 'whoever comes for the other says what it waits for' wait_for 60 grep -q "work for another run's ledger (site.postgres of $work/one.yaml)" "$work/two"
let_go train
await $runner
is 'the one is done' "$ended" 0
await $second
is 'and then the other' "$ended" 0
like 'with workers of its own' "$(cat "$work/two")" '^released small-lm v2 as production'

corpus "$work/pages" '*wal-*.html'
hold train
tidemill run "$work/one.yaml" > "$work/one" 2>&1 &
runner=$!
ok 'a training of the one' wait_for 120 standing train.fit
kill -9 $runner
wait $runner 2>/dev/null
releasing=$(head -n 1 "$TIDEMILL_STATE/workers/registry-1.pid")
gone() { [ ! -e "/proc/$1/exe" ]; }
tidemill run "$work/two.yaml" > "$work/two" 2>&1 &
second=$!
ok 'the workers that its killed runner left are ended' wait_for 60 gone "$releasing"
let_go train # not before: what is left of the run is quickly done
await $second
is 'and the other is done' "$ended" 0
like 'with workers of its own' "$(cat "$work/two")" '^released small-lm v3 as production'
exits 'and the one goes on' 0 tidemill run "$work/one.yaml"
like 'from where it was' "$out" 'taken up again'
exits 'all is ended' 0 tidemill down
is 'that was started here' "$(pgrep -fc "tidemill-[a-z]+ --state $work/state ")" 0
TIDEMILL_STATE=$work/server
tidemill down > /dev/null
finish
