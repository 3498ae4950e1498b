# hosts.sh: network namespaces as hosts, with names and state folders of their own, in $hosts (set before this is read); PostgreSQL
# and one broker in one more, a store folder that all share. No packet leaves them. Read after lib.sh.
need ip iproute2
need tc iproute2
need unshare util-linux
need psql postgresql-client
[ "$(id -u)" -eq 0 ] || skip 'network namespaces need root'
net=tm$$
ip netns add "$net-s" 2>/dev/null || skip 'this machine gives no network namespaces'
postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

end_hosts() {
    for host in s $hosts; do
        # shellcheck disable=SC2046
        kill -9 $(ip netns pids "$net-$host" 2>/dev/null) 2>/dev/null
        ip netns del "$net-$host" 2>/dev/null
    done
}
clean_up() { end_hosts; }
on() { # host, command...
    on=$1; shift
    ip netns exec "$net-$on" unshare --uts sh -c 'hostname "$0"; exec "$@"' "tide-$on" "$@"
}
make_net() {
    ip -n "$net-s" link set lo up
    ip -n "$net-s" link add bridge type bridge
    ip -n "$net-s" address add 10.77.0.1/24 dev bridge
    ip -n "$net-s" link set bridge up
    for host in $hosts; do
        ip netns add "$net-$host" &&
            ip link add eth0 netns "$net-$host" type veth peer name "host$host" netns "$net-s" &&
            ip -n "$net-s" link set "host$host" master bridge up &&
            ip -n "$net-$host" address add "10.77.0.1$host/24" dev eth0 &&
            ip -n "$net-$host" link set lo up && ip -n "$net-$host" link set eth0 up || return 1
    done
}
start_postgres() {
    mkdir "$work/postgres" && chown postgres "$work/postgres" || return 1
    as='setpriv --reuid=postgres --regid=postgres --init-groups'
    $as "$postgres_bin/initdb" -D "$work/postgres/data" -U postgres -A trust > "$work/initdb.log" 2>&1 || return 1
    echo 'host all all 10.77.0.0/24 trust' >> "$work/postgres/data/pg_hba.conf"
    printf '%s\n' "listen_addresses = '10.77.0.1'" "unix_socket_directories = '$work/postgres'" 'max_connections = 200' \
        'fsync = off' 'shared_buffers = 64MB' >> "$work/postgres/data/postgresql.conf"
    (cd / && exec ip netns exec "$net-s" $as "$postgres_bin/postgres" -D "$work/postgres/data") > "$work/postgres.log" 2>&1 &
    wait_for 120 psql -h "$work/postgres" -U postgres -d postgres -c 'select 1'
}
phase=postgres
sql() { psql -h "$work/postgres" -U postgres -d "$phase" -XAtq -c "$1"; }

# site_of FILE: the definition with the head's settings.
site_of() {
    awk -v site="$work/$phase/head.yaml" '/^site:/ { print "site: " site; skip = 1; next } /^[a-z]/ { skip = 0 } !skip' "$1"
}
# begin PHASE: a ledger, a store, topics of its own.
begin() {
    note "$1 begins at $(date +%T)"
    phase=postgres
    sql "create database $1"
    phase=$1 place=$work/$1 ledger="-h $work/postgres -U postgres -d $1"
    mkdir -p "$work/$phase"
    cat > "$work/$phase/site.yaml" <<END
postgres: "host=10.77.0.1 dbname=$phase user=postgres"
kafka: {bootstrap.servers: "$bootstrap", session.timeout.ms: 6000, heartbeat.interval.ms: 500}
store: $work/$phase/store
topic_prefix: $phase
partitions: 24
lease: 6s
threads: 1
workers: {ingest: 1, clean: 1, tokenize: 1, train: 1, evaluate: 1, registry: 1}
END
    sed 's/workers: {/workers: {start: false, /' "$work/$phase/site.yaml" > "$work/$phase/head.yaml"
    site_of "$work/small.yaml" > "$work/$phase/small.yaml"
    exits "$phase: tidemill init" 0 on s tidemill init --state "$work/$phase/head" "$work/$phase/site.yaml"
}
# at HOST COMMAND...: of the workers of this host, which hold, standing and let_go are to speak to.
at() { HOLD=$work/hold-$1; shift; "$@"; }
up() { # host
    at "$1" on "$1" "${programs:-$PWD/$BUILD/bin}/tidemill" up --state "$work/$phase/host-$1" "${site:-$work/$phase/site.yaml}" > "$work/$phase/up-$1" 2>&1 ||
        sed 's/^/#   /' "$work/$phase/up-$1"
}
down() {
    for host in $hosts; do
        # shellcheck disable=SC2046
        kill $(ip netns pids "$net-$host") 2>/dev/null
    done
    for host in $hosts; do wait_for 60 gone "$host"; done
}
gone() { [ -z "$(ip netns pids "$net-$1")" ]; }
start_run() {
    on s tidemill run --state "$work/$phase/head" "$work/$phase/small.yaml" > "$work/$phase/out" 2>&1 &
    runner=$!
}
end_run() {
    await $runner
    is "$phase: the run is done" "$ended" 0
    sed 's/^/#   /' "$work/$phase/out" | tail -n 4
    digests > "$work/$phase/digests"
}
share() { # kind: how many tasks each host did
    sql "select host || ': ' || count(*) from ledger.attempt a join ledger.task t on t.id = a.task
         where t.kind = '$1' and a.outcome = 'done' group by host order by host"
}
some() { [ "$(sql "$1")" -gt 0 ]; }
all_stand() { # kind, hosts: each of these has such a task, and stands still in it
    kind_wanted=$1; shift
    for host; do at "$host" standing "$kind_wanted" || return 1; done
}
one_stands() { # kind, hosts: one of them, $host, does
    kind_wanted=$1; shift
    for host; do ! at "$host" standing "$kind_wanted" || return 0; done
    return 1
}
did() { some "select count(*) from ledger.attempt where host = 'tide-$1'"; }

# all_are_there: the switch, the hosts, PostgreSQL and a broker, and hold marks of each host's own.
all_are_there() {
    holdable
    for host in $hosts; do mkdir "$work/hold-$host"; done
    ok "a switch and $(echo "$hosts" | wc -w) hosts" make_net
    ok 'PostgreSQL for all of them' start_postgres
    brokers=1
    broker_host=10.77.0.1
    broker_in="ip netns exec $net-s"
    cluster_start
}
