#!/bin/sh
# Two hosts; one reaches the store over the network (sshfs), by a link of its own, which is cut in the middle of a task, while
# PostgreSQL and Kafka are still there: for longer than a lease; for good, where who asks waits for ever; for good, where who
# asks gets an error. The run ends with the same bytes, and tidemill doctor says what hangs.
. "$(dirname "$0")/lib.sh"
hosts='1 2'
. tests/cluster/hosts.sh
need sshfs sshfs
sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || skip 'needs sshd (package openssh-server)'
grep -qw fuse /proc/filesystems || skip 'this kernel has no FUSE'
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229 || skip 'there is no /dev/fuse'

share_store() {
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
unmount() { umount -l "$far" 2> /dev/null; }
cut_link() { ip -n "$net-1" link set eth1 down; }
heal_link() { ip -n "$net-1" link set eth1 up; }
clean_up() { # the programs of the file system end first, or nobody who waits for it would
    end_hosts
    umount -l "$work"/*/far 2> /dev/null
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
failures() { sql "select count(*) from ledger.attempt where host = 'tide-1' and outcome in ('lost', 'failed')"; }

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
stranded() { grep -q 'the store .*far cannot be used from here: no task is taken until it can' "$work/errors/host-1/log/clean-1.log"; }
ok 'errors: its worker says that it has lost the store' wait_for 120 stranded
at 2 let_go clean
end_run
ok 'errors: the same bytes' cmp "$work/calm/digests" "$work/errors/digests"
ok "errors: its workers failed no more than a few ($(failures))" test "$(failures)" -le 6
heal_link
kill_worker 2 ingest
sed 's/seed: 7/seed: 8/; s/shard_bytes: .*/shard_bytes: 24 KiB/' "$work/small.yaml" > "$work/again.yaml"
site_of "$work/again.yaml" > "$work/errors/small.yaml"
healed=$(sql 'select clock_timestamp()')
start_run
ok 'errors: with the link it takes work again' wait_for 240 some "select count(*) from ledger.attempt
    where host = 'tide-1' and outcome = 'done' and started > '$healed'"
await $runner
is 'errors: and that run is done too' "$ended" 0
unmount
down
finish
