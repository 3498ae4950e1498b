#!/bin/sh
# Artifacts are damaged, cut short and deleted in the middle of a run, between the stage that made them and the stage that reads
# them: each is found, made again, and the run ends with the same bytes. Before the store: tests/e2e/007-damage.sh.
. "$(dirname "$0")/lib.sh"
undisturbed
fresh artifacts
file() { echo "$TIDEMILL_STATE/store/$(echo "$1" | cut -c1-2)/$(echo "$1" | cut -c3-)"; }
# The first inputs of the tasks of a stage that wait.
waiting() {
    ask "select encode(artifact, 'hex') from (select distinct on (i.artifact) i.artifact, t.created from ledger.task t
         join ledger.task_input i on i.task = t.id where t.stage = '$1' and t.state = 'ready'
           and (t.stage <> 'registry' or i.role in ('weights', 'verdict')) order by i.artifact) a
         order by created, artifact limit 3"
}
# Tasks of the stage wait, and none of a stage that is not stopped has anything to do: all before it is done.
stands() {
    [ "$(ask "select count(*) from ledger.task where state = 'running' or (state = 'ready' and position(stage in '$rest') = 0)")" = 0 ] &&
        [ -n "$(waiting "$1")" ]
}
stopped() {
    pids=
    for held in "$TIDEMILL_STATE/workers/$1"-*.pid; do
        [ ! -f "$held" ] || pids="$pids $(head -n 1 "$held")"
    done
    # shellcheck disable=SC2086  # one word a process
    [ -n "$pids" ] && kill -STOP $pids && standing_still $pids
}
# harm KIND FILE
harm() {
    case $1 in
    damaged) printf 'X' | dd of="$2" bs=1 seek=$(($(stat -c %s "$2") / 2)) conv=notrunc 2>/dev/null ;;
    truncated) truncate -s $(($(stat -c %s "$2") * 2 / 3)) "$2" ;;
    deleted) rm -f "$2" ;;
    esac
}
stages='clean tokenize train evaluate registry'
tidemill up "$work/small.yaml" >/dev/null
for stage in $stages; do wait_for 120 stopped "$stage"; done
start
harmed=0 rest=$stages
for stage in $stages; do
    if wait_for 240 stands "$stage"; then ok "$stage waits" true; else ok "$stage waits" false; fi
    set -- damaged truncated deleted
    for artifact in $(waiting "$stage"); do
        how=$1
        shift
        harm "$how" "$(file "$artifact")"
        harmed=$((harmed + 1))
        note "$stage: $artifact is $how"
        [ $# -gt 0 ] || break
    done
    stopped "$stage"
    # shellcheck disable=SC2086  # one word a process
    kill -CONT $pids
    rest=${rest#"$stage"}
done
follow
ok 'some were harmed' test $harmed -ge 10
ok 'and made again' test "$(sql "select count(*) from ledger.task where repair and state = 'done'")" -gt 0
sound artifacts
cell 'artifact damaged, truncated or deleted' store $harmed

# While it is read: a worker stands in the middle of a training, its tokens mapped, when they are cut short. It does not die of
# it, so that no document is blamed. Leases are so long that none is lost on a busy machine: no attempt is but for what is done here.
sed -i 's/lease: 2s/lease: 60s/' "$work/small.yaml"
mapped() { grep -q "$1" "/proc/$victim/maps"; }
cut_under() { # NAME KIND ROLE MARK
    fresh "$1"
    # shellcheck disable=SC2086  # a word or none
    hold "${2%%.*}" $4
    start
    ok "$1: $2 runs" wait_for 180 standing "$2"
    cut=$(ask "select encode(i.artifact, 'hex') from ledger.task_input i join ledger.task t on t.id = i.task
               where t.kind = '$2' and t.state = 'running' and i.role = '$3' order by ordinal limit 1")
    ok "$1: it has an artifact mapped" mapped "$(echo "$cut" | cut -c3-)"
    ok "$1: which is cut short" truncate -s 0 "$(file "$cut")"
    let_go "${2%%.*}"
    follow
    ok "$1: an attempt failed for it" test "$(sql "select count(*) from ledger.attempt where outcome = 'failed'
        and error like '%$(echo "$cut" | cut -c3-) could not be read to its end: it was cut short%'")" -gt 0
    ok "$1: and it was made again" test "$(sql "select count(*) from ledger.task where repair and state = 'done'")" -gt 0
    is "$1: no worker died, no document is set aside" "$(sql "select (select count(*) from ledger.attempt where outcome = 'lost')
        + (select count(*) from ledger.set_aside)")" 0
    sound "$1"
    cell 'artifact truncated while it is mapped' store 1
}
cut_under training train.fit train_bin write

# On a bad sector: it can never be read again, in a mapping by SIGBUS. The first attempt fails, as that may pass (a network file
# system says so, too); the second has it made again.
cc -shared -fPIC -O1 -o "$work/unreadable.so" tests/fault/unreadable.c -ldl || exit 1
export UNREADABLE="$work/unreadable" LD_PRELOAD="$LD_PRELOAD:$work/unreadable.so"
goes_bad() { stat -c %i "$(file "$1")" > "$UNREADABLE"; }
found_bad() { ask "select count(*) from ledger.attempt where outcome = 'damaged' and error like '%$1 cannot be read (its file system gives EIO)%'"; }
fresh sector
hold train read
start
ok 'sector: a training is about to read' wait_for 180 standing train.fit
bad=$(ask "select encode(i.artifact, 'hex') from ledger.task_input i join ledger.task t on t.id = i.task
           where t.kind = 'train.fit' and t.state = 'running' and i.role = 'train_bin' order by ordinal limit 1")
goes_bad "$bad"
let_go train
follow
is 'sector: an attempt failed for it' "$(sql "select count(*) from ledger.attempt where outcome = 'failed'
    and error like '%$(echo "$bad" | cut -c3-) could not be read to its end%'")" 1
is 'sector: the next set it aside' "$(found_bad "$bad")" 1
ok 'sector: and it was made again' test "$(sql "select count(*) from ledger.task where repair and state = 'done'")" -gt 0
is 'sector: no worker died, no document is set aside' "$(sql "select (select count(*) from ledger.attempt where outcome = 'lost')
    + (select count(*) from ledger.set_aside)")" 0
sound sector
cell 'artifact on a bad sector' store 1
finish
