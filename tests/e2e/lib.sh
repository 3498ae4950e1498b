# lib.sh: what every scenario uses. A scenario is a shell script that sources this, works in a state folder of its own on a
# private PostgreSQL and broker, prints TAP and ends with `finish`. KAFKA=apache runs it on Apache Kafka instead of the
# embedded broker. Of a scenario that fails the state folder is kept, and its place printed.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
PATH=$(cd "$BUILD/bin" && pwd):$PATH
scenario=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/$scenario.XXXXXX") || exit 1
chmod 755 "$work" # PostgreSQL may run as another user
export TIDEMILL_STATE="$work/state" NO_COLOR=1 PATH
tests=0 failed=0

note() { printf '# %s\n' "$1"; }
result() { # 0 or not, name
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' $tests "$2"
    else
        failed=$((failed + 1))
        printf 'not ok %d - %s\n' $tests "$2"
    fi
}
ok() { # name, command...: it succeeds
    name=$1; shift
    "$@"; result $? "$name"
}
is() { # name, got, want
    [ "$2" = "$3" ]; status=$?
    result $status "$1"
    [ $status -eq 0 ] || printf '#  got: %s\n# want: %s\n' "$2" "$3"
}
like() { # name, text, extended regular expression
    printf '%s\n' "$2" | grep -qE -- "$3"; status=$?
    result $status "$1"
    [ $status -eq 0 ] || { printf '# this does not match %s:\n' "$3"; printf '%s\n' "$2" | sed 's/^/#   /'; }
}
unlike() { # name, text, extended regular expression
    ! printf '%s\n' "$2" | grep -qE -- "$3"; status=$?
    result $status "$1"
    [ $status -eq 0 ] || { printf '# this matches %s:\n' "$3"; printf '%s\n' "$2" | sed 's/^/#   /'; }
}
# exits NAME STATUS COMMAND...: a program ends with this exit status; what it prints is in $out. 124: it was ended after so long.
exits() {
    name=$1 want=$2; shift 2
    case $(command -v "$1") in */*) set -- timeout -k 10 600 "$@" ;; esac # not where it is a function
    out=$("$@" 2>&1); got=$?
    is "$name (exit $want)" "$got" "$want"
    [ "$got" = "$want" ] || printf '%s\n' "$out" | tail -n 30 | sed 's/^/#   /'
}
sql() { tidemill psql -XAtq -c "$1"; }

# corpus FOLDER PATTERN...: pages of PostgreSQL's manual that match, as the scenario's input.
corpus() {
    mkdir -p "$1"; into=$1; shift
    for pattern; do
        # shellcheck disable=SC2086  # the pattern is meant to be expanded
        cp /usr/share/doc/postgresql-doc-*/html/$pattern "$into/"
    done
}
# definition FILE FOLDER: a pipeline small enough for a test, over the HTML files of a folder.
definition() {
    cat > "$1" <<END
pipeline: small
site:
  kafka: ${KAFKA:-embedded}
  lease: 10s
ingest:
  sources:
    - name: manual
      files: $2/**/*.html
      licence: PostgreSQL
      shard_bytes: 128 KiB
clean:
  split: {validation: 10 %, test: 10 %}
tokenize:
  learn: {vocabulary: 600}
train:
  models:
    - name: small-lm
      family: gpt2
      shape: {layers: 1, heads: 2, width: 32, context: 64}
      steps: 40
      batch: 512
      seed: 7
evaluate:
  baselines: [unigram, ngram]
  gates:
    - bits_per_byte < 20
registry:
  release: {model: small-lm, alias: production}
END
}
# digests: what the newest run made, one line per output, in an order that does not depend on time.
digests() {
    sql "select t.kind, o.role, o.ordinal, encode(a.digest, 'hex')
         from ledger.run r join ledger.task t on t.run = r.id
         join ledger.task_output o on o.task = coalesce(t.reused_from, t.id)
         join ledger.artifact a on a.digest = o.artifact
         where r.id = (select id from ledger.run order by created desc limit 1)
         order by 1, 2, 4, 3"
}
# wait_for SECONDS COMMAND...: until it succeeds; fails after so many seconds.
wait_for() {
    until=$(($(date +%s) + $1)); shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$until" ] || return 1
        sleep 0.05
    done
}
# standing_still PID...: SIGSTOP has reached each of their threads; kill returns before. freeze PID...: it is sent, and has.
standing_still() {
    for stopped; do
        ! sed 's/.*) //' "/proc/$stopped/task"/*/stat 2>/dev/null | grep -qv '^[TtZX]' || return 1
    done
}
freeze() { kill -STOP "$@" && wait_for 60 standing_still "$@"; }
# lock NAME STATEMENT: somebody's session takes a lock in a transaction that stays open, until unlock.
lock() {
    mkfifo "$work/words"
    tidemill psql -XAtq < "$work/words" > /dev/null &
    locker=$!
    exec 9> "$work/words"
    echo "begin; $2;" >&9
    ok "$1" wait_for 60 lock_stands
}
lock_stands() { [ "$(sql "select count(*) from pg_stat_activity where application_name = 'psql' and state = 'idle in transaction'")" = 1 ]; }
unlock() {
    exec 9>&-
    await $locker 60
    rm "$work/words"
}
# await PID [SECONDS]: until a process of ours has ended; its exit status in $ended. One that hangs is shown and killed: 124.
await() {
    await_until=$(($(date +%s) + ${2:-400}))
    while kill -0 "$1" 2>/dev/null; do
        if [ "$(date +%s)" -ge $await_until ]; then
            hangs "$1"
            wait "$1" 2>/dev/null
            ended=124
            return
        fi
        sleep 0.05
    done
    wait "$1" 2>/dev/null
    ended=$?
}
place= ledger= # where else its processes and its ledger are than in the state folder
left() { ps -eo pid=,args= | grep -F -- "${place:-$TIDEMILL_STATE}" | grep -v -e grep -e "$0"; }
# hangs PID: what each process does, what the ledger waits for, and what was said last; then they are killed.
hangs() {
    note "hangs: process $1 of ${place:-$TIDEMILL_STATE}"
    {
        ps -o pid,stat,etimes,time,wchan:24,args -p "$1" # shellcheck disable=SC2046
        ps -o pid,stat,etimes,time,wchan:24,args -p "$(left | awk '{ print $1 }' | paste -sd, -)"
        # shellcheck disable=SC2086
        PGCONNECT_TIMEOUT=5 timeout 20 psql ${ledger:--h $TIDEMILL_STATE/postgres/socket -U tidemill -d tidemill} -XAtq \
            -c "select 'task', kind, state, attempt, lease_owner, lease_until - now(), not_before - now(), error from ledger.task
                where state not in ('done', 'reused') order by state desc limit 20" \
            -c "select 'session', pid, application_name, state, wait_event_type, wait_event, now() - state_change, left(translate(query, E'\\n', ' '), 80)
                from pg_stat_activity where backend_type = 'client backend'"
        find "${place:-$TIDEMILL_STATE}" -path '*/log/*' -type f -exec tail -n 5 {} +
    } 2>&1 | cut -c1-240 | sed 's/^/#   /'
    # shellcheck disable=SC2046
    kill -9 "$1" $(left | awk '{ print $1 }') 2>/dev/null
}

# holdable: from here on workers can be made to stand still in the middle of a task (hold.c), so that no moment is missed.
holdable() {
    cc -shared -fPIC -O1 -o "$work/hold.so" tests/e2e/hold.c -ldl || exit 1
    mkdir "$work/hold"
    export HOLD="$work/hold" LD_PRELOAD="$work/hold.so"
}
# hold STAGE [read|write|claim]: its workers stand still where they next read or write an artifact, or claim, until let_go STAGE.
hold() {
    echo "${2:-}" > "$HOLD/new"
    mv "$HOLD/new" "$HOLD/$1"
}
let_go() { rm -f "$HOLD/$1"; }
# standing KIND: a worker stands still in a task of that kind; its pid in $victim. Those in other kinds of the stage go on.
standing() {
    for mark in "$HOLD/${1%%.*}".*; do
        victim=${mark##*.}
        [ -e "$mark" ] && kill -0 "$victim" 2>/dev/null || continue
        case $($look "select coalesce(' ' || string_agg(kind, ' ') || ' ', ' none ') from ledger.task
                      where state = 'running' and split_part(lease_owner, '/', 2) = '$victim'") in
        *" $1 "*) return 0 ;;
        ' '*) rm -f "$mark" ;;
        esac
    done
    victim=
    return 1
}
look=sql
clean_up() { :; } # a scenario's own, or its suite's
finish() {
    tidemill down >/dev/null 2>&1
    clean_up
    printf '1..%d\n' $tests
    if [ $failed -eq 0 ]; then rm -rf "$work"; else note "kept: $work"; fi
    trap - EXIT
    exit $((failed > 0))
}
trap 'note "the scenario died"; tidemill down >/dev/null 2>&1; clean_up; exit 1' EXIT

# other_clean FOLDER: the stage of cleaning with revision 999 of clean.shard, made in FOLDER from its source. Its options.o and
# $libraries are for who links a runner that knows it.
other_clean() {
    mkdir -p "$1" && sed 's/\("clean.shard", [.]revision = \)[0-9]*/\1999/' clean/options.c > "$1/options.c" &&
        ! cmp -s clean/options.c "$1/options.c" || return 1
    packages() { sed -n "s/^PACKAGE_$1 := //p" "$BUILD/packages.mk"; }
    libraries="$(packages LIBS) -lcld2 -lstdc++ -lm -ldl -pthread"
    # shellcheck disable=SC2046,SC2086
    gcc -std=c11 -D_GNU_SOURCE -I. -I"$BUILD/gen" $(packages CFLAGS) -c "$1/options.c" -o "$1/options.o" &&
        gcc -o "$1/tidemill-clean" "$BUILD/clean/main.o" "$1/options.o" "$BUILD/clean.a" "$BUILD/lib.a" $libraries
}
