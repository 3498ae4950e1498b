#!/bin/sh
# A worker runs out of memory in the middle of a task: the process ends, another attempt does the task, and nothing shows.
. "$(dirname "$0")/lib.sh"
undisturbed
# What it has now is all it may ever have: its next allocation of more than a few pages fails.
tighten() { prlimit --pid "$victim" --as="$(($(awk '{ print $1 }' "/proc/$victim/statm") * 4096))"; }
ended_itself() { ! alive "$victim"; }
for kind in ingest.read clean.shard tokenize.learn train.fit evaluate.baseline registry.release; do
    fresh "memory-$kind"
    hold "${kind%%.*}"
    start
    ok "memory-$kind: a worker has one" wait_for 180 standing $kind
    ok "memory-$kind: it is tightened" tighten
    let_go "${kind%%.*}"
    ok "memory-$kind: it ends" wait_for 120 ended_itself
    follow
    sound "memory-$kind"
    cell 'out of memory' "${kind%%.*}" 1
done
finish
