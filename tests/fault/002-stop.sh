#!/bin/sh
# SIGSTOP of a worker past its lease: its task is done by another attempt; when it is woken up (SIGCONT) it finds its lease
# lost and throws away what it made. Nothing is charged twice, and nothing shows in the bytes. The relay's holder, the runner,
# the broker and PostgreSQL's sessions are stopped as well.
. "$(dirname "$0")/lib.sh"
undisturbed

# A second worker of the stage takes the task over while the first is stopped.
sed -i 's/workers: {ingest: 1, clean: 2, tokenize: 1, evaluate: 1}/workers: {ingest: 2, clean: 2, tokenize: 2, train: 2, evaluate: 2, registry: 2}/' "$work/small.yaml"
task=
taken_over() {
    [ "$(ask "select count(*) from ledger.attempt where outcome = 'lost' and split_part(worker, '/', 2) = '$victim'")" -gt 0 ] &&
        [ "$(ask "select count(*) from ledger.task where id = '$task' and (state = 'done' or attempt > 1 and state = 'running')")" -gt 0 ]
}
for kind in ingest.read clean.shard tokenize.learn train.fit evaluate.baseline registry.release; do
    stage=${kind%%.*}
    fresh "stop-$kind"
    hold "$stage" "$([ "$stage" != train ] || echo write)"
    start
    ok "stop-$kind: a worker has one" wait_for 180 standing $kind
    task=$(ask "select id from ledger.task where state = 'running' and kind = '$kind' and split_part(lease_owner, '/', 2) = '$victim' limit 1")
    ok "stop-$kind: it is stopped" freeze "$victim"
    let_go "$stage"
    ok "stop-$kind: another attempt has the task" wait_for 120 taken_over
    kill -CONT "$victim"
    follow
    sound "stop-$kind"
    cell 'SIGSTOP past the lease' "$stage" 1
done

# stopped NAME PID SECONDS: nobody else has to take over; all wait, and go on.
stopped() {
    if [ -n "$2" ] && freeze "$2"; then
        let_go train
        nap "$3"
        kill -CONT "$2"
    else
        ok "$1: there is such a process" false
    fi
    follow
    sound "$1"
    cell 'SIGSTOP for 5 s' "${1#stop-}" 1
}
# Stopped in the middle of a completion, with the run locked: the others wait no longer than the ledger lets a silent session
# keep its locks (a minute).
waits() { [ "$(ask "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'tidemill-train'")" -gt 0 ]; }
silent() { [ "$(ask "select count(*) from pg_stat_activity where state = 'idle in transaction' and application_name = 'tidemill-train'")" -gt 0 ]; }
if nightly; then
    fresh stop-completion
    hold train write
    start
    ok 'stop-completion: a training runs' wait_for 180 standing train.fit
    lock 'stop-completion: the run is locked' 'select from ledger.run for update'
    let_go train
    ok 'stop-completion: its end waits for the run' wait_for 180 waits
    freeze "$victim"
    unlock
    ok 'stop-completion: it has the run, and is silent' wait_for 60 silent
    follow
    kill -CONT "$victim"
    sound stop-completion
    cell 'SIGSTOP in the middle of a completion' train 1
fi

holder() {
    ask "select split_part(application_name, '/', 3) from pg_locks join pg_stat_activity using (pid)
         where application_name like 'tidemill-relay/%' and locktype = 'advisory' and granted limit 1"
}
holds() { [ -n "$(holder)" ]; }
for process in runner relay broker PostgreSQL; do
    fresh "stop-$process"
    hold train write
    start
    ok "stop-$process: a training runs" wait_for 180 standing train.fit
    case $process in
    runner) victim=$runner ;;
    relay)
        ok 'stop-relay: somebody is it' wait_for 60 holds
        victim=$(holder) ;;
    broker) victim=$(head -n 1 "$TIDEMILL_STATE/kafka/pid") ;;
    PostgreSQL) # a session of a worker
        victim=$(ask "select pid from pg_stat_activity where application_name = 'tidemill-train' limit 1") ;;
    esac
    stopped "stop-$process" "$victim" 5000
done
finish
