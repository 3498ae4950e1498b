#!/bin/sh
# kill -9 of a worker, of the broker, of the runner, and a restart of PostgreSQL, each in the middle of a run: the run ends
# with the same bytes as an undisturbed one.
. "$(dirname "$0")/lib.sh"
holdable
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 400/; s/seed: 7/seed: 7\n      checkpoint_every: 200ms/' "$work/small.yaml"
state=$TIDEMILL_STATE

exits 'an undisturbed run' 0 tidemill run "$work/small.yaml"
digests > "$work/undisturbed"
ok 'made something' test -s "$work/undisturbed"
tidemill down

# disturbed NAME KIND COMMAND: a new state folder; in the middle of a task of that kind, COMMAND; the run must end the same. The
# worker with the task is $victim.
disturbed() {
    which=$1 kind=$2 command=$3
    export TIDEMILL_STATE="$work/$which"
    tidemill up "$work/small.yaml" >/dev/null
    hold train write
    tidemill run "$work/small.yaml" > "$work/$which.out" 2>&1 &
    runner=$!
    ok "$which: $kind runs" wait_for 180 standing "$kind"
    eval "$command"
    let_go train
    await $runner
    status=$ended
    if [ $status -gt 128 ]; then # the runner itself was killed: run it again
        tidemill run "$work/small.yaml" > "$work/$which.out" 2>&1
        status=$?
    fi
    is "$which: the run is done" "$status" 0
    [ "$status" -eq 0 ] || sed 's/^/#   /' "$work/$which.out"
    digests > "$work/$which.digests"
    ok "$which: the same bytes" cmp "$work/undisturbed" "$work/$which.digests"
    tidemill down
}

disturbed worker train.fit 'kill -9 "$victim"'
disturbed broker train.fit 'kill -9 $(head -n 1 "$TIDEMILL_STATE/kafka/pid")'
disturbed runner train.fit 'kill -9 $runner'
disturbed postgres train.fit 'tidemill psql -XAtqc "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = \$\$client backend\$\$" >/dev/null; kill -9 $(head -n 1 "$TIDEMILL_STATE/postgres/data/postmaster.pid")'
export TIDEMILL_STATE="$state"
finish
