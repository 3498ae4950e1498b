#!/bin/sh
# What failed or was stopped is tried again: a new run of the same bytes and slot, which reuses what was done.
. "$(dirname "$0")/lib.sh"
definition "$work/small.yaml" "$work/pages"
mkdir "$work/pages"
exits 'a run without data fails' 7 tidemill run --slot 2026-11-20 "$work/small.yaml"
first=$(sql 'select id from ledger.run')
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
cp "$work/small.yaml" "$work/kept.yaml"
sed -i 's/steps: 40/steps: 1000000/' "$work/small.yaml" # what is tried again is what was run, not what the file says now
cd / || exit 1
exits 'it is tried again when there are some' 0 tidemill retry "$(echo "$first" | cut -c1-13)"
like 'and releases' "$out" 'released small-lm v1'
is 'of the same slot and definition' "$(sql 'select count(distinct slot), count(distinct definition), count(*) from ledger.run')" '1|1|2'
is 'the one that failed stays so' "$(sql "select state from ledger.run where id = '$first'")" failed
is 'the slot is the new one'"'"'s' "$(sql 'select r.state from ledger.run_slot s join ledger.run r on r.id = s.run')" 'done'
exits 'again: the slot is done' 0 tidemill retry "$first"
is 'nothing is run' "$(sql 'select count(*) from ledger.run')" 2
exits 'what is done' 2 tidemill retry "$(sql "select id from ledger.run where state = 'done'")"
like 'is not tried again' "$out" '^tidemill: retry: run .* is done; there is nothing to try again$'
exits 'what does not exist' 2 tidemill retry ffffffff
tidemill down > /dev/null

# Stopped half-way: only the workers of two stages are there.
cd "$OLDPWD" || exit 1
sed 's/^site:/site:\n  workers: {start: no}/; s/seed: 7/seed: 8/; s/validation: 10 %/validation: 20 %/' \
    "$work/kept.yaml" > "$work/half.yaml"
tidemill up "$work/half.yaml" > /dev/null
tidemill-ingest "$work/half.yaml" > /dev/null 2>&1 &
ingest=$!
tidemill-clean "$work/half.yaml" > /dev/null 2>&1 &
clean=$!
tidemill run "$work/half.yaml" > /dev/null 2>&1 &
runner=$!
run=
cleaned() {
    run=$(sql "select id from ledger.run where state = 'running'")
    [ "$(sql "select count(*) from ledger.task where run = '$run' and kind = 'clean.dedup' and state = 'done'")" -ge 1 ]
}
ok 'a run gets as far as its clean text' wait_for 180 cleaned
exits 'while it goes on' 4 tidemill retry "$run"
like 'it is not tried again' "$out" 'holds slot .* watch it: tidemill status'
tidemill stop "$run" > /dev/null
await $runner
kill $ingest $clean
await $ingest 60
await $clean 60
worked=$(sql "select count(*) from ledger.task where run = '$run' and state in ('done', 'reused') and kind not in ('ingest.scan')")
ok 'something was done' test "$worked" -ge 2
sed -i 's/{start: no}/{start: no, train: 1}/' "$work/half.yaml" # other bytes, so a copy is read
tidemill up > /dev/null
exits 'it is tried again' 0 tidemill retry --json "$run"
again=$(sql 'select id from ledger.run order by created desc limit 1')
is 'all that was done is reused' "$(sql "select count(*) from ledger.task a join ledger.task b on b.key = a.key and b.run = '$run'
    where a.run = '$again' and a.state = 'reused' and b.state in ('done', 'reused') and a.kind <> 'ingest.scan'")" "$worked"
tidemill down > /dev/null

# A site file beside the definition, by a relative name; the definition is a copy by then.
awk '/^site:/ { skip = 1; print "site: sites/here.yaml"; next } /^[a-z]/ { skip = 0 } !skip' "$work/kept.yaml" > "$work/named.yaml"
mkdir "$work/sites"
printf 'lease: 10s\nattempts: 3\n' > "$work/sites/here.yaml"
sed -i 's/seed: 7/seed: 9/; s|files: .*|files: '"$work"'/none/*.html|' "$work/named.yaml"
exits 'a run without data fails' 7 tidemill run "$work/named.yaml"
lost=$(sql "select id from ledger.run order by created desc limit 1")
mkdir "$work/none" && cp "$work"/pages/* "$work/none/"
echo '# changed' >> "$work/named.yaml"
cd / || exit 1
exits 'it is tried again with the site file that it names' 0 tidemill retry "$lost"
like 'and releases' "$out" 'released small-lm v'
mv "$work/sites" "$work/gone"
exits 'without it' 3 tidemill retry "$lost"
like 'the message names the file where it was' "$out" "$work/sites/here.yaml"
cd "$OLDPWD" || exit 1
ok 'the copy stands in the state folder' sh -c 'ls "$TIDEMILL_STATE"/retry/*.yaml'

# A run that lost its runner, and whose file was changed since.
cp "$work/kept.yaml" "$work/lost.yaml"
sed -i 's/seed: 7/seed: 10/' "$work/lost.yaml"
holdable
hold train
tidemill run "$work/lost.yaml" > /dev/null 2>&1 &
runner=$!
ok 'a run trains' wait_for 180 standing train.fit
lost=$(sql "select id from ledger.run where state = 'running'")
# The server is slow to see the end of the runner, whose session keeps its lock: who takes the run up waits for it.
locks="from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.classid = 1920298606"
session=$(sql "select pid $locks")
ok 'its session stands' freeze "$session"
kill -9 $runner
wait $runner 2> /dev/null
sed -i 's/seed: 10/seed: 11/' "$work/lost.yaml"
tidemill retry "$lost" > "$work/lost.out" 2>&1 &
runner=$!
tries() { [ "$(sql "select count(*) from pg_stat_activity where query like '%pg_try_advisory_lock(1920298606%' and pid not in ($session, pg_backend_pid())")" = 1 ]; }
ok 'it is tried' wait_for 120 tries
kill -CONT "$session"
taken_up() { [ "$(sql "select count(*) $locks and pid <> $session")" = 1 ]; }
ok 'and taken up' wait_for 120 taken_up
let_go train
await $runner
is 'to its end' "$ended" 0
like 'as what it was' "$(cat "$work/lost.out")" 'taken up again'
is 'and ends' "$(sql "select state from ledger.run where id = '$lost'")" 'done'
is 'as the newest run' "$(sql 'select id from ledger.run order by created desc limit 1')" "$lost"
finish
