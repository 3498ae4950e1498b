#!/bin/sh
# Two machines with one crontab: several runners of one slot start at once, and are killed at moments that a seed draws. The slot
# is run once. A model that a gate refuses is not released, whatever is killed meanwhile.
. "$(dirname "$0")/lib.sh"
undisturbed
runners=4 points=0
fresh slot
tidemill up "$work/small.yaml" >/dev/null
wave=1
while [ $wave -le 4 ]; do
    pids=
    n=1
    while [ $n -le $runners ]; do
        start
        pids="$pids $runner"
        n=$((n + 1))
    done
    if [ $wave -lt 4 ]; then # all are killed, each at its own moment
        for runner in $pids; do
            draw 500
            nap "$drawn"
            if kill -9 "$runner" 2>/dev/null; then points=$((points + 1)); fi
        done
    fi
    for runner in $pids; do
        await "$runner"
        code=$ended
        # done, another holds the slot, killed; anything else is a breach
        case $code in 0 | 4 | 137) ;; *) ok "slot: a runner ends with 0 or 4, not $code" false ;; esac
    done
    wave=$((wave + 1))
done
start
follow
sound slot
cell 'runners of one slot, killed' runner $points

sed 's/bits_per_byte < 20/bits_per_byte < 0.001/' "$work/small.yaml" > "$work/refused.yaml"
mv "$work/refused.yaml" "$work/small.yaml"
fresh refused
hold evaluate
start
points=0
ok 'refused: there is a model to judge' wait_for 180 standing evaluate.score
for kind in evaluate registry runner evaluate registry; do
    draw 700
    nap "$drawn"
    [ $points -lt 3 ] || let_go evaluate # some before, some after
    if [ $kind = runner ]; then
        kill -9 "$runner" 2>/dev/null && points=$((points + 1)) && start
    else
        kill -9 "$(head -n 1 "$TIDEMILL_STATE/workers/$kind-1.pid")" 2>/dev/null && points=$((points + 1))
    fi
done
let_go evaluate
follow
is 'refused: exit status' "$ended" 6
like 'refused: it says which gate' "$(cat "$TIDEMILL_STATE.out")" 'gate refused.*bits_per_byte < 0.001'
is 'refused: the version is kept, and nothing is released' \
    "$(sql "select string_agg(state, ' ') || ' ' || (select count(*) from ledger.alias_event) from ledger.model_version")" 'refused 0'
equal='nothing released'
[ "$(sql 'select count(*) from ledger.alias_event')" = 0 ] || equal=different
cell 'kill -9 at a gate that refuses' 'evaluate, registry, runner' $points
tidemill down >/dev/null
finish
