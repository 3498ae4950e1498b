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
    [ -n "$pids" ] && kill -STOP $pids
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
finish
