#!/bin/sh
# PostgreSQL is restarted; is away for a while; connections are cut in the middle of COPY and of COMMIT, before the server
# heard of it and after, when nobody knows what became of it. Through tests/fault/proxy.py, which is the site's `postgres`.
. "$(dirname "$0")/lib.sh"
mkdir "$work/proxy"
# the same pipeline, with PostgreSQL behind the proxy: the settings of a site do not change what is made
undisturbed
sed "s|^site:|site:\n  postgres: \"host=$work/proxy user=tidemill dbname=tidemill\"|" "$work/small.yaml" > "$work/proxied.yaml"
mv "$work/proxied.yaml" "$work/small.yaml"

order() { echo "$1" >> "$work/proxy/orders"; }
# begin NAME: a state folder whose server is up, with the proxy before it.
begin() {
    fresh "$1"
    tidemill psql -XAtqc 'select 1' >/dev/null
    rm -f "$work/proxy/orders" "$work/proxy/done" "$work/proxy/.s.PGSQL.5432"
    : > "$work/proxy/done"
    python3 "$here/proxy.py" "$work/proxy" "$TIDEMILL_STATE/postgres/socket" 2> "$work/proxy.log" &
    proxy=$!
    wait_for 60 test -S "$work/proxy/.s.PGSQL.5432"
}
# end NAME FAULT [POINTS]: follows the run to its end; the points are what the proxy did, where nothing else is said.
end() {
    follow
    kill "$proxy"
    wait "$proxy" 2>/dev/null
    met=${3:-$(wc -l < "$work/proxy/done")}
    ok "$1: it was met" test "$met" -gt 0
    sound "$1"
    cell "$2" PostgreSQL "$met"
}
# trains NAME: the run stands in its training, until let_go train.
trains() {
    hold train write
    start
    ok "$1: a training runs" wait_for 180 standing train.fit
}

for order in 'copy cut' 'commit lost' 'commit cut'; do
    this=$(echo "$order" | tr ' ' '-') points=0
    begin "$this"
    order "$order" # before there is any, so that one is met
    start
    many=6
    [ "$order" != 'copy cut' ] || many=2 # as many as there are shards
    ! nightly || [ "$order" = 'copy cut' ] || many=20
    points=1
    while [ $points -lt $many ]; do
        order "$order"
        points=$((points + 1))
        draw 600
        nap "$drawn"
    done
    end "$this" "connection cut ($order)"
done

seconds=8
! nightly || seconds=60
begin away
trains away
order "away $seconds"
let_go train
end away "away for $seconds s"

begin cut
hold train write
start
points=0
while [ $points -lt 5 ] && alive "$runner"; do
    [ $points -ne 3 ] || let_go train # some before, some after
    draw 1500
    nap "$drawn"
    order cut
    points=$((points + 1))
done
let_go train # where the runner ended before
end cut 'all connections cut'

begin restart
trains restart
data=$TIDEMILL_STATE/postgres/data
kill -INT "$(head -n 1 "$data/postmaster.pid")" # a fast shutdown: sessions are told, and ended
stopped() { [ ! -e "$data/postmaster.pid" ]; }
ok 'restart: the server ends' wait_for 120 stopped
let_go train
tidemill psql -XAtqc 'select 1' >/dev/null
end restart 'restarted' 1
finish
