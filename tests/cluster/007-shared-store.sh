#!/bin/sh
# Two hosts; one reaches the store over the network (sshfs), by a link of its own, which is cut in the middle of a task, while
# PostgreSQL and Kafka are still there: for longer than a lease; for good, where who asks waits for ever; for good, where who
# asks gets an error. Then the store is unmounted there, which leaves an ordinary empty folder. The run ends with the same
# bytes, and tidemill doctor says what hangs.
. "$(dirname "$0")/lib.sh"
need sshfs sshfs
sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || skip 'needs sshd (package openssh-server)'
grep -qw fuse /proc/filesystems || skip 'this kernel has no FUSE'
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229 || skip 'there is no /dev/fuse'
hosts='1 2'
. tests/cluster/hosts.sh

# ip netns exec gives what it starts a view of its own of what is mounted where, which takes part in later changes only below
# a mount that is marked so.
share_store() {
    mount --bind "$work" "$work" && mount --make-shared "$work" || return 1
    ip link add eth1 netns "$net-1" type veth peer name store1 netns "$net-s" &&
        ip -n "$net-s" address add 10.78.0.1/24 dev store1 && ip -n "$net-s" link set store1 up &&
        ip -n "$net-1" address add 10.78.0.11/24 dev eth1 && ip -n "$net-1" link set eth1 up || return 1
    mkdir -p "$work/ssh" /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
    ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
    printf '%s\n' 'Port 2222' 'ListenAddress 10.78.0.1' "HostKey $work/ssh/host" "AuthorizedKeysFile $work/ssh/user.pub" \
        'StrictModes no' 'UsePAM no' 'PermitRootLogin prohibit-password' 'PasswordAuthentication no' 'PidFile none' \
        'Subsystem sftp internal-sftp' > "$work/ssh/config"
    env -u LD_PRELOAD ip netns exec "$net-s" "$sshd" -D -e -f "$work/ssh/config" > "$work/ssh/log" 2>&1 &
    wait_for 30 grep -q listening "$work/ssh/log"
}
# mount_store OPTIONS: host 1 has the store of this phase there, and settings that say so.
mount_store() {
    far=$work/$phase/far
    mkdir -p "$far" "$work/$phase/store"
    env -u LD_PRELOAD nsenter --net="/run/netns/$net-1" sshfs -p 2222 -o "IdentityFile=$work/ssh/user,StrictHostKeyChecking=no" \
        -o "UserKnownHostsFile=/dev/null,LogLevel=ERROR${1:+,$1}" "root@10.78.0.1:$work/$phase/store" "$far"
}
mount_server() { pgrep -f "^sshfs .* $far\$"; } # the process behind it
unmount() { umount -l "$far" 2> /dev/null; }
cut_link() { ip -n "$net-1" link set eth1 down; }
heal_link() { ip -n "$net-1" link set eth1 up; }
clean_up() { # the programs of the file system end first, or nobody who waits for it would
    end_hosts
    umount -l "$work"/*/far "$work" 2> /dev/null
}

all_are_there
ok 'a store that is shared over the network' share_store
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/shard_bytes: .*/shard_bytes: 16 KiB/' "$work/small.yaml"

kill_worker() { # host, stage
    read -r pid < "$work/$phase/host-$1/workers/$2-1.pid" && kill "$pid"
}
# start NAME SITE-SED MOUNT-OPTIONS: both hosts stand still in a shard that they clean, the first where it writes.
start() {
    begin "$1"
    ok "$1: the store is there" mount_store "$3"
    sed "s|^store: .*|store: $work/$1/far|; $2" "$work/$1/site.yaml" > "$work/$1/site-1.yaml"
    at 1 hold clean write
    at 2 hold clean
    site=$work/$1/site-1.yaml up 1
    for stage in tokenize train evaluate registry; do kill_worker 1 $stage; done # what these would do, the cleaning shows
    up 2
    start_run
    ok "$1: shards are being cleaned" wait_for 180 all_stand clean.shard 1 2
    at 1 standing clean.shard
    worker=$victim
}
# said NAME: tidemill doctor on the host whose store does not answer says so, and itself does not wait for it.
said() {
    begun=$(date +%s)
    exits "$1: tidemill doctor ends" 70 timeout 60 ip netns exec "$net-1" tidemill doctor --state "$work/$phase/host-1" "$work/$phase/site-1.yaml"
    like "$1: says that the store does not answer" "$out" "^bad +store .*far does not answer for 3 s; see whether the server"
    ok "$1: within seconds" test $(($(date +%s) - begun)) -le 30
}
lost() { some "select count(*) from ledger.attempt where host = 'tide-1' and outcome = 'lost' and error like '%$1%'"; }
stranded() { grep -q 'no task is taken until the store .*far can be used from here' "$work/$phase/host-1/log/clean-1.log"; }
failures() { sql "select count(*) from ledger.attempt where host = 'tide-1' and outcome in ('lost', 'failed')"; }
# goes_on NAME: the first host has its store back, and takes work of another run, of which it alone can do the first.
goes_on() {
    kill_worker 2 ingest
    sed 's/seed: 7/seed: 8/; s/shard_bytes: .*/shard_bytes: 24 KiB/' "$work/small.yaml" > "$work/again.yaml"
    site_of "$work/again.yaml" > "$work/$1/small.yaml"
    back=$(sql 'select clock_timestamp()')
    start_run
    ok "$1: with its store it takes work again" wait_for 240 some "select count(*) from ledger.attempt
        where host = 'tide-1' and outcome = 'done' and started > '$back'"
    await $runner
    is "$1: and that run is done too" "$ended" 0
}

begin calm
for host in $hosts; do up "$host"; done
start_run
end_run
down

# Cut for longer than a lease: the worker hangs in the store, its lease is renewed, and it goes on as if nothing had been.
start short '' ''
cut_link
at 1 let_go clean
said short
sleep 5
heal_link
at 2 let_go clean
end_run
ok 'short: the same bytes' cmp "$work/calm/digests" "$work/short/digests"
is 'short: nothing was lost, nothing failed' "$(failures)" 0
unmount
down

# Cut for good, and nobody who waits for the store gets an answer: the worker ends by itself, the other host does its work.
start long 's/^lease/stall_step: 6s\n&/' ''
cut_link
at 1 let_go clean
ok 'long: its worker ends, and says why' wait_for 120 lost 'hung: nothing moved in 6 s (site.stall_step)'
at 2 let_go clean
end_run
ok 'long: the same bytes' cmp "$work/calm/digests" "$work/long/digests"
heal_link
gone_now() { ! kill -0 "$worker"; }
ok 'long: with the link the process that hung goes' wait_for 120 gone_now
unmount
down

# Cut for good, and who waits for the store gets an error after 3 s: the host fails a task or two, and
# then leaves them to the other.
start errors '' 'ServerAliveInterval=1,ServerAliveCountMax=2,reconnect'
cut_link
at 1 let_go clean
ok 'errors: its worker says that it has lost the store' wait_for 120 stranded
at 2 let_go clean
end_run
ok 'errors: the same bytes' cmp "$work/calm/digests" "$work/errors/digests"
ok "errors: its workers failed no more than a few ($(failures))" test "$(failures)" -le 6
heal_link
goes_on errors
unmount
down

# Unmounted, while its worker writes: the host leaves the tasks to the other, and takes the empty folder for no store.
start away '' ''
mounted=$(mount_server)
ok 'away: the store is unmounted' unmount
at 1 let_go clean
ok 'away: its worker says that it has lost the store' wait_for 120 stranded
exits 'away: tidemill doctor' 70 ip netns exec "$net-1" tidemill doctor --state "$work/away/host-1" "$work/away/site-1.yaml"
like 'away: says it too' "$out" "^bad +mark +.*far is not this ledger's store.*mount it there"
released() { ! kill -0 "$mounted" 2> /dev/null; }
ok "away: it keeps nothing of the store open (process ${mounted:?})" wait_for 60 released
at 2 let_go clean
end_run
ok 'away: the same bytes' cmp "$work/calm/digests" "$work/away/digests"
ok "away: its workers failed no more than a few ($(failures))" test "$(failures)" -le 6
is 'away: nothing is written in its place' "$(find "$far" -mindepth 1)" ''
is 'away: nothing was made again' "$(sql 'select count(*) from ledger.task where repair')" 0
is 'away: no artifact was given up' "$(sql 'select count(*) from ledger.artifact where removed is not null')" 0
ok 'away: the store is there again' mount_store ''
goes_on away
is 'away: nothing was made again after that' "$(sql 'select count(*) from ledger.task where repair')" 0
unmount
down
finish
