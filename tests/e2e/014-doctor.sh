#!/bin/sh
# The doctor changes nothing, names what is bad, what was left behind, and what to do.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" = 0 ]; then chmod 711 "$work"; fi
exits 'where nothing has run yet nothing is bad' 0 tidemill doctor
like 'PostgreSQL is not made yet' "$out" '^ok +postgresql .*not made yet'
ok 'and is not made by asking' test ! -e "$TIDEMILL_STATE"

# Services of the user's that are not there; a store in a place that cannot be one.
cat > "$work/site.yaml" <<END
postgres: "host=127.0.0.1 port=1 dbname=tidemill connect_timeout=2"
store: $work/site.yaml/store
END
exits 'a server that does not answer is a service' 70 tidemill doctor "$work/site.yaml"
like 'the store cannot be written' "$out" '^bad +store .*/site\.yaml cannot be written: Not a directory; .*another place'
like 'PostgreSQL: what to do' "$out" '^bad +postgresql .*refused.*site\.postgres'
like 'the last line names both' "$out" '^tidemill: doctor: bad: store, postgresql;'
sed -i '/^store/d' "$work/site.yaml"
exits 'without the store it is the service' 8 tidemill doctor "$work/site.yaml"
exits 'a site that cannot be read' 3 sh -c 'echo "postgers: x" > "$1/bad.yaml"; tidemill doctor "$1/bad.yaml"' sh "$work"
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$work/closed/state" && chmod 700 "$work/closed"
    exits "a folder that user postgres cannot enter" 8 tidemill doctor --state "$work/closed/state"
    like 'what to do' "$out" '^bad +server .*chmod o\+x'
fi

corpus "$work/pages" 'sql-ca*.html'
definition "$work/small.yaml" "$work/pages"
sed 's/^site:/site:\n  workers: {start: no}/' "$work/small.yaml" > "$work/waits.yaml"
tidemill up "$work/waits.yaml" > /dev/null
exits 'with services' 0 tidemill doctor
for check in programs state logs store postgresql schema clock kafka processes artifacts locks mark runs leases orders; do
    like "$check is looked at" "$out" "^(ok|warning) +$check +[^ ]"
done
like 'nothing is left behind' "$out" '^ok +runs'
exits 'and for programs' 0 tidemill doctor --json
ok 'as JSON' sh -c 'printf "%s" "$1" | python3 -m json.tool > /dev/null' sh "$out"

# Somebody's transaction holds a lock: who, for how long, how to end it; the doctor does not wait with the others.
lock 'a table is locked' 'lock table ledger.task'
tidemill psql -XAtqc 'select count(*) from ledger.task' > /dev/null 9>&- &
waiter=$!
ok 'who keeps others waiting is named' wait_for 60 sh -c "timeout 30 tidemill doctor | grep -E \
    '^warning +locks +psql of user tidemill [(]process [0-9]+ of the server[)] has a transaction open for .*, in which nothing is done, and [0-9]+ sessions wait for it; .*pg_terminate_backend[(][0-9]+[)]'"
unlock
await $waiter 60
exits 'it is over' 0 tidemill doctor
like 'and nobody waits' "$out" '^ok +locks'

# A runner that is killed leaves a run; a lease that ran out; an order that nobody sent; a dead worker; damage.
tidemill run "$work/waits.yaml" > /dev/null 2>&1 &
runner=$!
ready() { [ "$(sql "select count(*) from ledger.task where state = 'ready'")" -ge 1 ]; }
ok 'a run waits' wait_for 180 ready
held() { ! tidemill doctor | grep -q '^warning  runs .*has no runner'; }
sql "alter table ledger.run disable trigger user; update ledger.run set created = created - interval '1 hour'" > /dev/null
ok 'it has a runner' held
kill -9 $runner
wait $runner 2> /dev/null
lost() { ! held; } # the server has to see the end of its connection
ok 'it loses it' wait_for 60 lost
sql "alter table ledger.task disable trigger user;
     update ledger.task set state = 'running', lease_owner = 'gone', lease_until = now() - interval '90 seconds';
     insert into ledger.outbox (topic, key, payload, created) values ('t', 'k', 'p', now() - interval '1 hour')" > /dev/null
mkdir -p "$TIDEMILL_STATE/workers"
echo '1 1' > "$TIDEMILL_STATE/workers/clean-1.pid"
echo x > "$TIDEMILL_STATE/store/damaged/x"
exits 'leftovers are no illness' 0 tidemill doctor
run=$(sql 'select left(id::text, 13) from ledger.run')
like 'the run has no runner, and how it goes on' "$out" "^warning +runs .*$run of small.*has no runner; .*tidemill stop $run"
like 'the lease' "$out" '^warning +leases +1 tasks .*last heard of [1-9]:[0-9]+ before'
like 'the order' "$out" '^warning +orders +1 are not published, the oldest for (1:0[0-9]:|6[0-9]:)'
like 'the dead worker' "$out" '^warning +processes .*clean-1\.pid'
like 'the damage' "$out" '^warning +artifacts +1 damaged'
sql "update ledger.run set deadline = created + interval '1 second'" > /dev/null
like 'a deadline that is past' "$(tidemill doctor)" "^warning +runs .*past its deadline"

# Another version's schema, and one that is behind.
sql "insert into ledger.migration values ('9999-later.sql', decode(repeat('00', 32), 'hex'))" > /dev/null
exits 'a schema that is newer than the program' 8 tidemill doctor
like 'what to do' "$out" '^bad +schema .*newer than the program; install'
sql "delete from ledger.migration where name > '0007'" > /dev/null
like 'one that is older' "$(tidemill doctor)" '^warning +schema +[0-9]+ migrations are missing.*tidemill init'
tidemill down > /dev/null
like 'a private server that rests' "$(tidemill doctor)" '^warning +postgresql .*does not run.*tidemill up'
finish
