#!/bin/sh
# kill -9 of every process at moments that a seed draws: of one kind of process at a time, then of all by turns. A run that
# lost its runner is taken up again. Every run ends with the same bytes as an undisturbed one.
#   KINDS='runner holder' EACH=N MIXED=N   which kinds of process, how many points for each, how many by turns; else from POINTS
. "$(dirname "$0")/lib.sh"
undisturbed
# Two of each: a worker that dies again and again is started again later and later.
sed -i 's/workers: {.*/workers: {ingest: 2, clean: 2, tokenize: 2, train: 2, evaluate: 2, registry: 2}/' "$work/small.yaml"
points=0 misses=0

first() { head -n 1 "$1" 2>/dev/null; }
# victim KIND: its pid now, or nothing where there is none.
victim() {
    case $1 in
    runner) echo "$runner" ;;
    broker) first "$TIDEMILL_STATE/kafka/pid" ;;
    postmaster) first "$TIDEMILL_STATE/postgres/data/postmaster.pid" ;;
    backend) pgrep -P "$(first "$TIDEMILL_STATE/postgres/data/postmaster.pid")" 2>/dev/null | sed -n "$((pick % 12 + 1))p" ;;
    relay) ask "select split_part(application_name, '/', 3) from pg_locks join pg_stat_activity using (pid)
                where application_name like 'tidemill-relay/%' and locktype = 'advisory' and granted limit 1" ;;
    holder) ask "select split_part(lease_owner, '/', 2) from ledger.task where state = 'running' order by id limit 1" ;;
    *) first "$TIDEMILL_STATE/workers/$1-$((pick % 2 + 1)).pid" ;;
    esac
}
# strike KIND: after a drawn while; a moment at which there is no such process is no point, and the next is drawn sooner.
strike() {
    draw 12; pick=$drawn
    draw "$pause"; nap $((drawn + 30))
    pause=$((span / 8))
    pid=$(victim "$1")
    if [ -n "$pid" ] && alive "$pid" && [ "$pid" != $$ ] && kill -9 "$pid" 2>/dev/null; then
        pause=$span
        points=$((points + 1)) struck=$((struck + 1))
        if [ "$1" = runner ]; then wait "$runner" 2>/dev/null; start; fi
    else
        misses=$((misses + 1))
    fi
}
# storm NAME POINTS KIND...: runs with at most so many kills each until all have struck.
storm() {
    storm=$1 wanted=$2 total=0 runs=0; shift 2
    case $storm in ingest | clean | tokenize | train | evaluate | registry) most=8 ;; *) most=14 ;; esac
    while [ $total -lt "$wanted" ] && [ $runs -lt $((wanted * 2 + 3)) ]; do
        runs=$((runs + 1)) struck=0 pause=$span
        fresh "$storm-$runs"
        start
        while [ $struck -lt $most ] && [ $((total + struck)) -lt "$wanted" ] && alive "$runner"; do
            draw $#
            eval "strike \$$((drawn + 1))"
        done
        follow
        sound "$storm-$runs"
        total=$((total + struck))
        [ $failed -gt 0 ] || rm -rf "$TIDEMILL_STATE"
    done
    ok "$storm: $wanted points" test "$total" -ge "$wanted"
    cell 'kill -9' "$storm" "$total"
}

kinds='runner ingest clean tokenize train evaluate registry holder relay broker postmaster backend'
each=$((POINTS / 20))
[ $each -gt 0 ] || each=1
span=900
for kind in ${KINDS-$kinds}; do storm "$kind" "${EACH:-$each}" "$kind"; done
span=1500
mixed=${MIXED:-$((POINTS - points))}
# shellcheck disable=SC2086  # one word a kind
[ "$mixed" -le 0 ] || storm mixed "$mixed" $kinds
note "points: $points; moments at which there was no such process: $misses"
finish
