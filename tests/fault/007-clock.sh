#!/bin/sh
# The clock of the runner and of the workers, and then PostgreSQL's, jumps an hour forward and back in the middle of a run
# (libfaketime). The monotonic clock does not: it never does.
. "$(dirname "$0")/lib.sh"
library=$(find /usr/lib -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
[ -n "$library" ] || { note 'no libfaketime'; trap - EXIT; rm -rf "$work"; echo '1..0 # SKIP libfaketime is not installed'; exit 0; }
undisturbed
chmod 755 "$work"
clock="$work/clock"
jump() { echo "$1" > "$clock.new"; chmod 644 "$clock.new"; mv "$clock.new" "$clock"; }
with_clock() {
    LD_PRELOAD="$library:$LD_PRELOAD" FAKETIME_TIMESTAMP_FILE="$clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}
# jumps NAME WHO FIRST THEN: the clock stands at FIRST until a shard is cleaned, then at THEN, and in the training at FIRST again.
jumps() {
    ok "$1: cleaning runs" wait_for 180 standing clean.shard
    jump "$4"
    let_go clean
    ok "$1: a training runs" wait_for 180 standing train.fit
    jump "$3"
    let_go train
    follow
    sound "$1"
    is "$1: every attempt is charged" "$(sql "select count(*) from ledger.attempt a where cpu_seconds > 0.01 and not exists
        (select from ledger.charge c where c.task = a.task and c.attempt = a.attempt)" | tail -n 1)" 0
    cell "clock moved $5" "$2" 2
}
hour=+0
for way in forward back; do
    [ $way = forward ] && there=+1h || there=-1h
    jump $hour
    fresh "workers-$way"
    hold clean
    hold train write
    tidemill psql -XAtqc 'select 1' >/dev/null # the ledger's clock is right
    with_clock tidemill run --slot "$slot" "$work/small.yaml" >> "$TIDEMILL_STATE.out" 2>&1 &
    runner=$!
    jumps "workers-$way" 'runner and workers' $hour $there $way

    jump $hour
    fresh "ledger-$way"
    hold clean
    hold train write
    with_clock tidemill psql -XAtqc 'select 1' >/dev/null # the ledger's clock is wrong
    start
    jumps "ledger-$way" PostgreSQL $hour $there $way
done

# A worker dies in the hour that is repeated: its lease does not last for that hour.
jump +1h
fresh ledger-dead
with_clock tidemill psql -XAtqc 'select 1' >/dev/null
hold train write
start
ok 'ledger-dead: a training runs' wait_for 180 standing train.fit
kill -9 "$victim"
jump +0
let_go train
follow
sound ledger-dead
cell 'clock moved back, and a worker killed' PostgreSQL 1
finish
