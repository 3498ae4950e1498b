# lib.sh: what the fault scenarios share, over the helpers of tests/e2e/lib.sh.
#
# A scenario makes one undisturbed run (`undisturbed`), and then runs in new state folders (`fresh`) that it disturbs; each
# ends in `sound`, which checks the promise: the same bytes, nothing lost, nothing charged twice, nothing released that a gate
# refused, the slot run once, no process left over. What was tried is noted (`cell`) for the table in docs/dependability.md.
#
#   SEED=N     repeats the schedule of a scenario that draws: which process, at what moment (printed at its beginning)
#   POINTS=N   how many kills over all scenarios (100)
#   FORM=ci|nightly   how long outages last, and how much is tried
. "$(dirname "$0")/../e2e/lib.sh"
SEED=${SEED:-$(($(date +%s) % 100000))} POINTS=${POINTS:-100} FORM=${FORM:-ci}
here=$PWD/tests/fault look=ask
slot=2026-11-20T02:30:00Z
note "SEED=$SEED POINTS=$POINTS FORM=$FORM"
holdable
case $FORM in ci | nightly) ;; *) note "FORM is ci or nightly"; exit 2 ;; esac
nightly() { [ "$FORM" = nightly ]; }

# draw N: a number from 0 to N-1 in $drawn, by the seed alone (the constants of ISO C's example of rand).
random=$SEED
draw() {
    random=$(((random * 1103515245 + 12345) % 2147483648))
    drawn=$((random / 65536 % $1))
}
# nap MS: draws are in milliseconds, sleep's argument is in seconds.
nap() { sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"; }

# pipeline FILE FOLDER: e2e's small one with short leases and many attempts, with a slot, and with checkpoints.
pipeline() {
    definition "$1" "$2"
    sed -i -e 's/lease: 10s/lease: 2s\n  attempts: 100\n  workers: {ingest: 1, clean: 2, tokenize: 1, evaluate: 1}/' \
        -e "s/steps: 40/steps: ${STEPS:-250}/" -e 's/seed: 7/seed: 7\n      checkpoint_every: 200ms/' "$1"
    printf 'budget: {run: 100 EUR, month: 1000 EUR}\n' >> "$1"
    [ -z "${POSTGRES:-}" ] || sed -i "s|^site:|site:\n  postgres: \"$POSTGRES\"|" "$1"
}
# fresh NAME: a state folder with an empty ledger, copied from one that was made once.
fresh() {
    if [ ! -d "$work/template" ]; then
        TIDEMILL_STATE=$work/template tidemill up >/dev/null && TIDEMILL_STATE=$work/template tidemill down >/dev/null
        rm -rf "$work/template/kafka" "$work/template/workers"
    fi
    export TIDEMILL_STATE="$work/$1"
    cp -a "$work/template" "$TIDEMILL_STATE"
}
# elsewhere FOLDER: the store of the state folder is this one, which is there already or empty: it has the same mark.
elsewhere() {
    mkdir -p "$1" && cp -f "$TIDEMILL_STATE/store/store.id" "$1/"
}
# undisturbed [PATTERN...]: the input, the definition, and what a run makes of them when nobody disturbs it.
undisturbed() {
    [ $# -gt 0 ] || set -- 'sql-c*.html' 'datatype*.html'
    corpus "$work/pages" "$@"
    pages=$(find "$work/pages" -name '*.html' | wc -l)
    pipeline "$work/small.yaml" "$work/pages"
    fresh undisturbed
    start
    follow
    is 'an undisturbed run' "$ended" 0
    made > "$work/undisturbed.digests"
    sound undisturbed
}

# brew_poison: the library of poison.c, as $poison.
brew_poison() {
    poison=$work/poison.so
    # shellcheck disable=SC2046  # several words are meant
    cc -shared -fPIC -O1 -o "$poison" tests/fault/poison.c \
        $(pkg-config --cflags libxml-2.0 uchardet openblas jansson libxxhash) -ldl || exit 1
}
# start: the run in the background; its pid is $runner.
start() {
    tidemill run --slot "$slot" "$work/small.yaml" >> "$TIDEMILL_STATE.out" 2>&1 &
    runner=$!
}
# follow: until the run has ended; its exit status in $ended. A runner that was killed, or that could not go on because a
# service was away, is started again, as cron or a person would; $restarts counts it.
follow() {
    restarts=0
    while :; do
        await $runner
        [ $ended -gt 128 ] || [ $ended -eq 8 ] || return 0
        restarts=$((restarts + 1))
        [ $restarts -lt 20 ] || return 0
        start
    done
}
alive() { kill -0 "$1" 2>/dev/null; }
# ask SQL: on the socket itself; unlike sql, it starts no server.
ask() {
    PGCONNECT_TIMEOUT=3 psql -h "$TIDEMILL_STATE/postgres/socket" -U tidemill -d tidemill -XAtqc "$1" 2>/dev/null
}

# sound NAME: the promise holds for the state folder; its services are stopped.
sound() {
    is "$1: the run is done" "$ended" 0
    [ "$ended" -eq 0 ] || tail -n 15 "$TIDEMILL_STATE.out" | sed 's/^/#   /'
    made > "$work/$1.digests"
    same "$1"
    is "$1: nothing is lost, charged or done twice" "$(sql "$(sed "s/:pages/$pages/g" "$here/sound.sql")")" ''
    # shellcheck disable=SC2086  # options of a site that is not the state folder alone
    exits "$1: the store is whole" 0 tidemill registry verify ${verify:-}
    tidemill down >/dev/null 2>&1
    gone "$1"
}
# made: what the run made; a repair made the same once more.
made() { digests | sort -u; }
same() {
    equal=equal
    cmp "$work/undisturbed.digests" "$work/$1.digests" >/dev/null && [ -s "$work/$1.digests" ] || equal=different
    is "$1: the same bytes" $equal equal
}
# gone NAME: no process of the state folder is left.
none_left() { [ -z "$(left)" ]; }
gone() {
    wait_for 60 none_left
    is "$1: no process is left" "$(left)" ''
}
# cell FAULT PROCESS POINTS: a line for the table (tests/fault/table): what was tried, and how it ended.
cell() {
    outcome="done"
    [ "$ended" -eq 0 ] || outcome="exit $ended"
    note "cell: $1 | $2 | $3 | $outcome | ${4:-$equal}"
    [ -z "${FAULT_REPORT:-}" ] ||
        echo "${scenario%%-*}|$1|$2|$3|$outcome|${4:-$equal}" >> "$FAULT_REPORT"
}
