#!/bin/sh
# kill -9 of every process at moments that a seed draws: of one kind of process at a time, then of all by turns. A run that
# lost its runner is taken up again. Every run ends with the same bytes as an undisturbed one.
. "$(dirname "$0")/lib.sh"
undisturbed
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
    *) first "$TIDEMILL_STATE/workers/$1-1.pid" ;;
    esac
}
# strike KIND: after a drawn while; a moment at which there is no such process is no point.
strike() {
    draw 12; pick=$drawn
    draw "$span"; nap $((drawn + 30))
    pid=$(victim "$1")
    if [ -n "$pid" ] && alive "$pid" && [ "$pid" != $$ ] && kill -9 "$pid" 2>/dev/null; then
        points=$((points + 1)) struck=$((struck + 1))
        if [ "$1" = runner ]; then wait "$runner" 2>/dev/null; start; fi
    else
        misses=$((misses + 1))
    fi
}
# storm NAME POINTS KIND...: runs with at most eight kills each until so many have struck.
storm() {
    storm=$1 wanted=$2 total=0 runs=0; shift 2
    while [ $total -lt "$wanted" ] && [ $runs -lt $((wanted + 3)) ]; do
        runs=$((runs + 1)) struck=0
        fresh "$storm-$runs"
        start
        while [ $struck -lt 8 ] && [ $((total + struck)) -lt "$wanted" ] && alive "$runner"; do
            draw $#
            eval "strike \$$((drawn + 1))"
        done
        follow
        sound "$storm-$runs"
        total=$((total + struck))
    done
    cell 'kill -9' "$storm" "$total"
}

kinds='runner ingest clean tokenize train evaluate registry holder relay broker postmaster backend'
each=$((POINTS * 6 / 10 / 12))
[ $each -gt 0 ] || each=1
for kind in ${KINDS:-$kinds}; do
    span=900
    storm "$kind" $each "$kind"
done
span=1500
# shellcheck disable=SC2086  # one word a kind
[ -n "${KINDS:-}" ] || storm mixed $((POINTS - points)) $kinds
note "points: $points; moments at which there was no such process: $misses"
finish
