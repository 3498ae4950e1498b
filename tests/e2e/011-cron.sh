#!/bin/sh
# Cron's nights: a slot on two machines runs once, a missed one is left out or caught up, a run that hangs ends at its
# deadline whether or not anybody watches, and what is quiet says one line, and only when something failed.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
ok 'services start' tidemill up

# one_line NAME STATUS COMMAND...: as cron sees it: this exit status, and one line that says why.
one_line() {
    exits "$@"
    is "$1: one line" "$(printf '%s\n' "$out" | grep -c .)" 1
}
earlier() { date -u -d "$1 minutes ago" +%H:%M; }
runs() { sql 'select count(*) from ledger.run'; }

sed "1a schedule: {at: \"$(earlier 180)\", missed: skip}" "$work/small.yaml" > "$work/skip.yaml"
exits 'a missed slot' 0 tidemill run "$work/skip.yaml"
like 'is left out, and says so' "$out" 'was missed and is left out'
exits 'quietly' 0 tidemill run --quiet "$work/skip.yaml"
is 'without a word' "$out" ''
is 'nothing has run' "$(runs)" 0
like 'its crontab line is one' "$(tidemill cron "$work/skip.yaml" | grep -c run)" '^1$'

sed "s/missed: skip/missed: run/" "$work/skip.yaml" > "$work/catch.yaml"
like 'what is caught up is also tried after a boot' "$(tidemill cron "$work/catch.yaml")" '^@reboot .* run --quiet '
# Another machine: its own state folder, workers and broker; the ledger and the store are shared.
state=$TIDEMILL_STATE
conninfo="host=$(sql 'show unix_socket_directories' | tr -d '"') user=$(sql 'select current_user') dbname=tidemill"
sed "s|^site:|site:\n  postgres: $conninfo\n  store: $state/store|" "$work/catch.yaml" > "$work/there.yaml"
tidemill run --quiet "$work/catch.yaml" > "$work/here.out" 2>&1 &
here=$!
tidemill run --quiet --state "$work/there" "$work/there.yaml" > "$work/there.out" 2>&1
there=$?
await $here
here=$ended
is 'two machines, one slot: one run' "$(runs)" 1
is 'and it is done' "$(sql 'select state from ledger.run')" done
like 'one ran it, the other left it or found it done' "$here $there" '^(0 4|4 0|0 0)$'
is 'neither says a word' "$(cat "$work/here.out" "$work/there.out")" ''
tidemill down --state "$work/there" > /dev/null

slot=$(sql "select to_char(slot at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from ledger.run")
for name in "${slot% *}" "$slot" "${slot}Z"; do
    exits "asked for as $name" 0 tidemill run --slot "$name" "$work/catch.yaml"
done
is 'it is the same slot, and not run again' "$(runs)" 1

sed 's/steps: 40/steps: 1000000/; s/seed: 7/seed: 9/; 1a schedule: {deadline: 8s}' "$work/small.yaml" > "$work/hangs.yaml"
one_line 'a run that does not end' 9 tidemill run --quiet "$work/hangs.yaml"
like 'says that its deadline passed, and what was open' "$out" 'not finished at its deadline, 8 s after its start; open: [a-z]+\.[a-z]+ [0-9]+.*; what is done stays done, and tidemill retry'
sed -i 's/seed: 9/seed: 10/; s/deadline: 8s/deadline: 1h/' "$work/hangs.yaml" # it comes when all of this has been seen
tidemill run --quiet "$work/hangs.yaml" > "$work/hangs.out" 2>&1 &
runner=$!
ok 'it trains' wait_for 120 sh -c "[ \"\$(tidemill psql -XAtqc \"select count(*) from ledger.task where kind = 'train.fit' and state = 'running'\")\" = 1 ]"
trainer() { head -n 1 "$TIDEMILL_STATE/workers/train-1.pid"; }
again() { now=$(trainer) && [ "$now" != "$before" ] && kill -0 "$now"; }
for time in first second; do # who was started by the runner is missed by it
    before=$(trainer)
    kill -9 "$before"
    ok "its worker dies and is started again, the $time time" wait_for 120 again
done
is 'which is no failure, and nothing to mail' "$(cat "$work/hangs.out")" ''
kill -9 $runner
wait $runner 2> /dev/null
is 'the deadline comes' "$(sql "update ledger.run set deadline = clock_timestamp() where state = 'running' returning pipeline is not null")" t
ok 'without a runner too' wait_for 120 sh -c "[ \"\$(tidemill psql -XAtqc 'select state from ledger.run order by created desc limit 1')\" = failed ]"
ok 'its work ends with it' wait_for 120 sh -c "[ \"\$(tidemill psql -XAtqc \"select count(*) from ledger.task where state in ('ready', 'running')\")\" = 0 ]"

sed 's/bits_per_byte < 20/bits_per_byte < 0.01/; s/seed: 7/seed: 11/' "$work/small.yaml" > "$work/gate.yaml"
one_line 'a gate refuses' 6 tidemill run --quiet "$work/gate.yaml"
sed 's/^ingest:/budget: {run: 0.000001 EUR}\n\ningest:/; s/seed: 7/seed: 12/; s/steps: 40/steps: 400000/' "$work/small.yaml" > "$work/budget.yaml"
one_line 'the budget refuses' 5 tidemill run --quiet "$work/budget.yaml"
sed "s|files: .*|files: $work/nothing/*.html|" "$work/small.yaml" > "$work/empty.yaml"
one_line 'no data' 7 tidemill run --quiet "$work/empty.yaml"
sed 's|^site:|site:\n  postgres: "host=127.0.0.1 port=1 dbname=x connect_timeout=2"|' "$work/small.yaml" > "$work/away.yaml"
one_line 'no PostgreSQL' 8 tidemill run --quiet "$work/away.yaml"
mkdir -p "$work/broken/postgres/data"
cp "$TIDEMILL_STATE/postgres/data/PG_VERSION" "$work/broken/postgres/data/"
one_line 'a private PostgreSQL that does not start' 8 tidemill run --quiet --state "$work/broken" "$work/small.yaml"
sed 's/seed: 7/sead: 7/' "$work/small.yaml" > "$work/mistake.yaml"
one_line 'a mistake' 3 tidemill run --quiet "$work/mistake.yaml"
like 'is named' "$out" '^tidemill: .*/mistake\.yaml:[0-9]+:[0-9]+: train\.models\[0\]\.sead: unknown option; did you mean "seed"\?$'
sed -i 's/lease: 10s/lease: 0s/; s/vocabulary: 600/vocabulary: lots/' "$work/mistake.yaml"
one_line 'three mistakes' 3 tidemill run --quiet "$work/mistake.yaml"
like 'the first, and how many more' "$out" "mistake\\.yaml:4:[0-9]+: site\\.lease: 0s is too small; .* \\(and 2 more\\); all of them: tidemill check $work/mistake.yaml"
one_line 'in the site file too' 3 tidemill up --quiet "$work/mistake.yaml"
one_line 'no such file' 3 tidemill run --quiet "$work/none.yaml"
finish
