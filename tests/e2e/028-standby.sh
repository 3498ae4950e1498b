#!/bin/sh
# A standby takes the place of the ledger's server, which died with what it had not sent yet: a run goes on from what the standby
# knows, to the same bytes; one that it never heard of says so, and is begun anew. A server that takes no writes is told as such.
. "$(dirname "$0")/lib.sh"
programs=$(pg_config --bindir 2>/dev/null)
[ -x "$programs/initdb" ] || programs=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' | sort -V | tail -n 1)
as=
[ "$(id -u)" -ne 0 ] || as='setpriv --reuid postgres --regid postgres --init-groups'
server() { # NAME PROGRAM ARGUMENTS...
    at=$work/servers/$1 program=$programs/$2
    shift 2
    (cd "$work/servers" && LD_PRELOAD='' exec $as "$program" "$@") >> "$work/server.log" 2>&1
}
launch() { # NAME
    mkdir "$work/servers/$1.at" && { [ -z "$as" ] || chown postgres "$work/servers/$1.at"; } || return 1
    server "$1" pg_ctl -w -D "$work/servers/$1" -l "$work/servers/$1.log" \
        -o "-c listen_addresses= -c unix_socket_directories=$work/servers/$1.at -c fsync=off -c wal_keep_size=256MB" start
}
standby() { # OF NAME
    server "$2" pg_basebackup -h "$work/servers/$1.at" -U tidemill -D "$work/servers/$2" -R -X stream -c fast && launch "$2" &&
        wait_for 60 follows
}
follows() { sender=$(sql "select pid from pg_stat_replication where state = 'streaming'") && [ -n "$sender" ]; }
# fall OF: the server dies at once, with what its sender, which stands still, has not sent.
fall() {
    kill -9 "$(head -n 1 "$work/servers/$1/postmaster.pid")" "$sender"
}
takes_over() { server "$1" pg_ctl -w -D "$work/servers/$1" promote; }
runner= sender=
clean_up() {
    # shellcheck disable=SC2086
    kill -9 $runner $sender 2>/dev/null
    for name in a b c; do
        [ ! -s "$work/servers/$name/postmaster.pid" ] || server $name pg_ctl -m immediate -D "$work/servers/$name" stop
    done
}
mkdir "$work/servers" && { [ -z "$as" ] || chown postgres "$work/servers"; }
hosts=$work/servers/a.at,$work/servers/b.at,$work/servers/c.at
sql() { psql "host=$hosts user=tidemill dbname=tidemill target_session_attrs=read-write" -XAtqc "$1"; }
in_train() { standing train.fit; }
trained() { [ "$(sql "select count(*) from ledger.task where kind = 'train.fit' and state = 'done'")" = "$1" ]; }

corpus "$work/pages" 'sql-cr*.html'
definition "$work/alone.yaml" "$work/pages"
exits 'an undisturbed run' 0 tidemill run --state "$work/alone" "$work/alone.yaml"
(sql() { tidemill psql --state "$work/alone" -XAtqc "$1"; }; digests) | sort -u > "$work/alone.digests"
tidemill down --state "$work/alone" > /dev/null

ok 'a server' server a initdb -D "$work/servers/a" -U tidemill -A trust --no-sync
ok 'starts' launch a
psql -h "$work/servers/a.at" -U tidemill -d postgres -XAtqc 'create database tidemill'
ok 'a standby follows it' standby a b
[ $failed -eq 0 ] || { tail -n 5 "$work/server.log" | sed 's/^/#   /'; finish; }
sed "s|^site:|site:\n  postgres: \"host=$hosts user=tidemill dbname=tidemill target_session_attrs=read-write\"|; s/lease: 10s/lease: 3s/" \
    "$work/alone.yaml" > "$work/small.yaml"

holdable
hold train
hold evaluate
tidemill run "$work/small.yaml" > "$work/first" 2>&1 &
runner=$!
ok 'a training begins' wait_for 120 in_train
ok 'from now on the standby hears nothing' freeze "$sender"
let_go train
ok 'the training is done, the run is not' wait_for 120 trained 1
fall a
ok 'the server dies, the standby takes its place' takes_over b
ok 'which knows nothing of that' trained 0
let_go evaluate
await $runner
is 'the run goes on (exit 0)' "$ended" 0
[ "$ended" -eq 0 ] || tail -n 5 "$work/first" | sed 's/^/#   /'
digests | sort -u > "$work/first.digests"
ok 'to the same bytes' cmp "$work/alone.digests" "$work/first.digests"

ok 'a standby of its own follows it' standby b c
ok 'and hears nothing' freeze "$sender"
sed -i 's/seed: 7/seed: 8/' "$work/small.yaml"
hold train
tidemill run "$work/small.yaml" > "$work/second" 2>&1 &
runner=$!
ok 'another training begins' wait_for 120 in_train
fall b
ok 'its server dies, too' takes_over c
let_go train
await $runner
is 'a run that nobody has heard of ends (exit 8)' "$ended" 8
like 'and says so' "$(tail -n 1 "$work/second")" '^tidemill: the ledger knows run .* no more: a backup was put back, or a standby'
exits 'it is begun anew' 0 tidemill run "$work/small.yaml"

sql 'alter database tidemill set default_transaction_read_only = on'
sed "s|$hosts|$work/servers/c.at|; s| target_session_attrs=read-write||" "$work/small.yaml" > "$work/one.yaml"
exits 'a server that takes no writes' 8 tidemill run "$work/one.yaml"
like 'is told as such' "$out" 'SQLSTATE 25006: a standby, or a server that is read-only for a while; .*target_session_attrs'
exits 'and the doctor sees it' 8 tidemill doctor "$work/one.yaml"
like 'and says so' "$out" '^bad +postgresql .*default_transaction_read_only is on'
finish
