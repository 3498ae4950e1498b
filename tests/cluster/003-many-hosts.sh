#!/bin/sh
# Four network namespaces as hosts. Work spreads; a host joins, one dies, one is behind a slow link, one is cut off and comes
# back; one has another version. The run ends with the same bytes.
. "$(dirname "$0")/lib.sh"
hosts='1 2 3 4'
. tests/cluster/hosts.sh

all_are_there
corpus "$work/pages" 'c*.html' 'd*.html' 'f*.html' 'p*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 2000/; s/seed: 7/seed: 7\n      checkpoint_every: 200ms/; s/shard_bytes: .*/shard_bytes: 16 KiB/' "$work/small.yaml"

# Everything is there, nothing happens: the work spreads, and this is what all others must give. All begin at once.
begin calm
for host in $hosts; do
    at "$host" hold clean
    up "$host"
done
start_run
# shellcheck disable=SC2086
ok 'calm: every host has a shard to clean' wait_for 180 all_stand clean.shard $hosts
for host in $hosts; do at "$host" let_go clean; done
end_run
share clean.shard | sed 's/^/# /'
total=$(sql "select count(*) from ledger.task where kind = 'clean.shard' and state = 'done'")
ok "there are many small tasks ($total)" test "$total" -ge 100
is 'every host did at least half of an even share of them' \
    "$(share clean.shard | awk -v even=$((total / 4)) '$2 * 2 >= even' | wc -l)" 4
is 'the runner started no workers' "$(ls "$work/calm/head/workers" | grep -c pid)" 0
down

# Host 3 is behind a slow link; while the shards are cleaned host 4 joins and one of the others dies; whoever trains is cut off.
begin storm
ok 'storm: a slow link' tc -n "$net-3" qdisc add dev eth0 root tbf rate 1mbit burst 16kbit latency 400ms
for host in $hosts; do
    at "$host" hold train write
    [ "$host" = 4 ] || { at "$host" hold clean; up "$host"; }
done
start_run
ok 'storm: shards are being cleaned' wait_for 180 all_stand clean.shard 1 2
begun=$(date +%s)
up 4
ok 'storm: a host that joins takes work within seconds' wait_for 120 did 4
note "after $(($(date +%s) - begun)) s"
# shellcheck disable=SC2046
kill -9 $(ip netns pids "$net-1")
killed=$(sql 'select clock_timestamp()')
note 'host 1 was killed while it cleaned a shard'
for host in 1 2 3; do at "$host" let_go clean; done
ok 'storm: a training runs' wait_for 240 one_stands train.fit 2 3 4
cut=$host
ip -n "$net-$cut" link set eth0 down
cut_at=$(sql 'select clock_timestamp()')
note "host $cut was cut off in its training"
for host in $hosts; do at "$host" let_go train; done
end_run
ok 'storm: the same bytes' cmp "$work/calm/digests" "$work/storm/digests"
lost() { # host, since: seconds until its lost attempts were found, the longest
    sql "select coalesce(max(ceil(extract(epoch from finished - '$2'::timestamptz))), -1)::int from ledger.attempt
         where host = 'tide-$1' and outcome = 'lost'"
}
# The lease is renewed every third of it, so what is silent is found after one lease at most; a second to look, the rest is slack.
# Cut off in the middle of a transaction, a host keeps its locks until its connection is given up, after 15 s of silence.
took=$(lost "$cut" "$cut_at")
ok "storm: the host that was cut off was noticed within a lease and a silence ($took s)" test "$took" -ge 0 -a "$took" -le 45
took=$(lost 1 "$killed")
ok "storm: so was the one that died ($took s)" test "$took" -ge 0 -a "$took" -le 24
is 'storm: what it had was done by others' "$(sql "select count(*) from ledger.attempt where host = 'tide-$cut' and outcome = 'done'
    and started > '$cut_at'")" 0
is 'storm: no task was done twice' "$(sql "select count(*) from (select task from ledger.attempt where outcome = 'done'
    group by task having count(*) > 1) twice")" 0

# The link is back: the workers behind it, which were not restarted, take work again. The others are killed, or they would have
# done all of it before a slow host is heard.
ip -n "$net-$cut" link set eth0 up
for host in 1 2 3 4; do
    # shellcheck disable=SC2046
    [ "$host" = "$cut" ] || kill -9 $(ip netns pids "$net-$host") 2> /dev/null
done
sed 's/^ingest:/tokenize: {learn: {vocabulary: 500}}\n&/; /^tokenize:$/,/^train:/{/^train:/!d}; s/steps: .*/steps: 20/' \
    "$work/small.yaml" > "$work/again.yaml"
site_of "$work/again.yaml" > "$work/storm/small.yaml"
healed=$(sql 'select clock_timestamp()')
worked_again() { some "select count(*) from ledger.attempt where host = 'tide-$cut' and outcome = 'done' and started > '$healed'"; }
start_run
ok 'storm: healed, the host takes work again' wait_for 180 worked_again
await $runner
is 'storm: and that run is done too' "$ended" 0
tc -n "$net-3" qdisc del dev eth0 root
down

# Host 2 has another revision of the clean stage.
other_version() { mkdir -p "$work/other" && cp "$BUILD"/bin/tidemill* "$work/other/" && other_clean "$work/other"; }
ok 'versions: a clean stage of another revision' other_version
begin versions
programs=$work/other up 2
ok 'versions: it is there' wait_for 120 some "select count(*) from pg_stat_activity where application_name = 'tidemill-clean'"
start_run
refuses() { grep -q 'the run wants clean.shard of revision .*, this worker does revision 999; install the same version' "$work/versions/host-2/log/clean-1.log"; }
ok 'versions: it refuses, and says so' wait_for 180 refuses
ok 'versions: so does the task that waits' wait_for 60 some "select count(*) from ledger.task where error like '%this worker does revision 999%'"
up 1
end_run
ok 'versions: the same bytes' cmp "$work/calm/digests" "$work/versions/digests"
is 'versions: the other host did all that was left to it' "$(share clean.shard | sed 's/:.*//')" tide-1
is 'versions: nothing counts as a failure' "$(sql 'select coalesce(sum(failures), 0) from ledger.task')" 0
down
finish
