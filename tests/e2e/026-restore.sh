#!/bin/sh
# A backup, pg_dump and after it a copy of the store, restored into another server: the next night goes on where the dump was
# made. So it does where ledger and store are of different days: what one of them lacks is made again.
. "$(dirname "$0")/lib.sh"

corpus "$work/pages" '*brin*.html' '*gist*.html'
definition "$work/small.yaml" "$work/pages"
dump() { pg_dump -Fc -h "$TIDEMILL_STATE/postgres/socket" -U tidemill -f "$work/$1.dump" tidemill && cp -a "$TIDEMILL_STATE/store" "$work/$1.store"; }
exits 'the first night' 0 tidemill run "$work/small.yaml"
tidemill up > /dev/null
ok 'has a backup' dump first
corpus "$work/pages" '*hash*.html'
exits 'the second night' 0 tidemill run "$work/small.yaml"
digests > "$work/second"
ok 'has a backup' dump second
tidemill down > /dev/null
TIDEMILL_STATE=$work/server
tidemill up > /dev/null
server="host=$TIDEMILL_STATE/postgres/socket user=tidemill"

# restored NAME DUMP STORE: a ledger and a copy of a store, in a state folder of their own, used by $work/NAME.yaml.
restored() {
    psql -XAtqd "$server dbname=postgres" -c "create database \"$1\"" && pg_restore --no-owner -d "$server dbname=$1" "$2" || return
    mkdir "$work/$1"
    cp -a "$3" "$work/$1/copy"
    sed "s|^site:|site:\n  postgres: \"$server dbname=$1\"\n  store: $work/$1/copy|" "$work/small.yaml" > "$work/$1.yaml"
    TIDEMILL_STATE=$work/$1
}
reg() { tidemill registry "$@" --site "$work/$case.yaml"; }
sql() { psql -XAtqd "$server dbname=$case" -c "$1"; }

for case in first-first first-second; do
    ok "$case: is restored" restored $case "$work/${case%-*}.dump" "$work/${case#*-}.store"
    exits "$case: all that the ledger knows is there" 0 reg verify
    exits "$case: the second night goes on from it" 0 tidemill run "$work/$case.yaml"
    like "$case: and releases" "$out" '^released small-lm v2 as production'
    is "$case: the same bytes" "$(digests)" "$(cat "$work/second")"
    exits "$case: ledger and store agree" 0 reg verify
    exits "$case: its doctor" 0 tidemill doctor "$work/$case.yaml"
    unlike "$case: is content" "$out" '^(warning|bad)'
    tidemill down "$work/$case.yaml" > /dev/null
done

# Of the second night nothing is in the store. How its model was judged and made, too, is made again, though no night needs it.
case=second-first
ok "$case: is restored" restored $case "$work/second.dump" "$work/first.store"
exits "$case: what is missing is named" 70 reg verify
like "$case: with the task that made it" "$out" '^artifact [0-9a-f]{64} is not in the store .*\(made by train.fit of run [0-9a-f]{8}\)'
exits "$case: so it is for who wants the model" 70 reg export small-lm "$work/model"
like "$case: by its digest" "$out" 'artifact [0-9a-f]{64} is not in the store'
exits "$case: the next night makes it again" 0 tidemill run "$work/$case.yaml"
like "$case: and has nothing new" "$out" '^nothing new since run .*; production stays v2'
exits "$case: ledger and store agree" 0 reg verify
exits "$case: and the model can be had" 0 reg export small-lm "$work/model"
is "$case: by the same task, in the run that had nothing new" "$(sql "select state from ledger.task where kind = 'registry.release' and repair")" done
tidemill down "$work/$case.yaml" > /dev/null
TIDEMILL_STATE=$work/server
tidemill down > /dev/null
finish
