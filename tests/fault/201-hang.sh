#!/bin/sh
# Work that hangs, of stages that have no single documents to blame: the worker that does not move ends by itself, and its
# task is tried again; where that never helps, the run fails and says why. So does one that hangs between tasks. One that is
# only stopped is not taken for hung.
# Leases are so long that nothing here can have waited for one. See poison.c.
. "$(dirname "$0")/lib.sh"
brew_poison
export POISON_HANGS="$work/hangs"
mkdir "$POISON_HANGS"
undisturbed
sed -i -e 's/lease: 2s/lease: 1h\n  stall_step: 3s/' "$work/small.yaml"
attempts() { sql "select kind, outcome, a.error from ledger.attempt a join ledger.task t on t.id = a.task where outcome = 'lost' order by a.started"; }

fresh once
for stage in clean train evaluate registry; do : > "$POISON_HANGS/tidemill-$stage.once"; done
export LD_PRELOAD="$poison"
start
export LD_PRELOAD="$work/hold.so"
follow
is 'each hung once' "$(ls "$POISON_HANGS")" ''
lost=$(attempts)
for kind in clean.dedup train.fit registry.release; do
    like "$kind: the lost attempt says what happened" "$lost" "^$kind\\|lost\\|its worker [^ ]+ hung: nothing moved in 3 s \\(site.stall_step\\)$"
done
like 'evaluation: too' "$lost" '^evaluate.score\|lost\|its worker [^ ]+ hung: nothing moved in 3 s \(site.stall_step\)$'
is 'nothing else was lost' "$(printf '%s\n' "$lost" | wc -l)" 4
sound once
for process in clean train evaluate registry; do cell 'work that hangs once' $process 1; done

fresh stopped
hold train write
start
ok 'a worker trains' wait_for 180 standing train.fit
freeze "$victim"
let_go train
nap 5000
kill -CONT "$victim"
follow
is 'one that was stopped for longer is not taken for hung' "$(attempts)" ''
sound stopped
cell 'SIGSTOP for longer than a step may take' train 1

fresh between
hold clean claim
start
outside() { grep -Eqs 'this worker stood still outside of its work for 3 s \(site.stall_step\), claiming tasks.*; it ends' "$TIDEMILL_STATE"/log/clean-*.log; }
ok 'a worker that hangs between tasks ends, and says where it stood' wait_for 180 outside
let_go clean
follow
is 'no attempt is lost with it' "$(attempts)" ''
sound between
cell 'hangs between tasks' clean 1

fresh ever
sed -i 's/attempts: 100/attempts: 2/' "$work/small.yaml"
: > "$POISON_HANGS/tidemill-train"
exits 'a run whose training hangs each time fails' 8 timeout 200 env LD_PRELOAD="$poison" tidemill run --slot "$slot" "$work/small.yaml"
like 'and says so in one line' "$out" 'train.fit: its worker [^ ]+ hung: nothing moved in 3 s \(site.stall_step\)'
is 'after so many attempts' "$(sql "select count(*) from ledger.attempt where outcome = 'lost'")" 2
is 'and nothing is released' "$(sql 'select count(*) from ledger.model_version')" 0
is 'at once' "$(sql "select clock_timestamp() - finished < interval '60 s' from ledger.run")" t
ended=$got
cell 'work that hangs each time' train 1 'says so'
finish
