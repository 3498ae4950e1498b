#!/bin/sh
# The definition and its site file are edited, or gone, while a run is under way, and a worker has to be started again: the
# run goes on as it began.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
awk '/^site:/ { skip = 1; print "site: site.yaml"; next } /^[a-z]/ { skip = 0 } !skip' "$work/small.yaml" |
    sed 's/seed: 7/seed: 8/' > "$work/named.yaml"
tidemill up > /dev/null
tidemill down > /dev/null
holdable
# under_way NAME: a run of it trains, its files change, its worker dies.
under_way() {
    echo 'lease: 10s' > "$work/site.yaml"
    hold train write
    tidemill run "$work/$1.yaml" > "$work/$1.out" 2>&1 &
    runner=$!
    ok "$1: it trains" wait_for 180 standing train.fit
    echo 'pipeline: [broken' > "$work/$1.yaml"
    rm -f "$work/site.yaml"
    kill -9 "$victim"
    let_go train
    await $runner
    is "$1: the run is done" "$ended" 0
    like "$1: and released" "$(cat "$work/$1.out")" "released small-lm $2"
    like "$1: says how its worker ended" "$(cat "$work/$1.out")" 'a worker of train was killed .SIGKILL: by somebody, or by the kernel'
}
under_way small v1
under_way named v2
finish
