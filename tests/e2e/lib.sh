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
# exits NAME STATUS COMMAND...: it ends with this exit status; what it prints is in $out.
exits() {
    name=$1 want=$2; shift 2
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
