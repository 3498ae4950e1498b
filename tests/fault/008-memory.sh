#!/bin/sh
# A worker runs out of memory in the middle of a task: the process ends, another attempt does the task, and nothing shows.
. "$(dirname "$0")/lib.sh"
undisturbed
busy() { ask "select split_part(lease_owner, '/', 2) from ledger.task where kind = '$1' and state = 'running' limit 1"; }
found() { victim=$(busy "$1") && [ -n "$victim" ]; }
# What it has now is all it may ever have: its next allocation of more than a few pages fails.
tighten() { prlimit --pid "$victim" --as="$(($(awk '{ print $1 }' "/proc/$victim/statm") * 4096))" 2>/dev/null; }
points=0
for kind in ingest.read clean.shard tokenize.learn train.fit evaluate.baseline; do
    fresh "memory-$kind"
    start
    if wait_for 60 found $kind && tighten; then
        points=$((points + 1))
    else
        note "memory-$kind: the task ended at that very moment"
        victim=
    fi
    follow
    sound "memory-$kind"
    [ -z "$victim" ] || cell 'out of memory' "${kind%%.*}" 1
done
ok 'workers were tightened' test $points -gt 1
finish
