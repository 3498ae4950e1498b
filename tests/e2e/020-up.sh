#!/bin/sh
# tidemill up, called again and again as cron does: it starts what has ended, each once, and leaves alone what runs.
. "$(dirname "$0")/lib.sh"
cat > "$work/site.yaml" <<END
workers: {ingest: 1, clean: 2, tokenize: 1, train: 1, evaluate: 1, registry: 1}
END
up() { tidemill up --quiet "$work/site.yaml"; }
pids() { head -qn 1 "$TIDEMILL_STATE"/workers/*.pid | sort; }
running() { pgrep -f "tidemill-[a-z]+ --state $TIDEMILL_STATE " | sort; }

up > "$work/first" 2>&1 &
first=$!
exits 'two at the same time' 0 up
is 'say nothing' "$out" ''
await $first
is 'both end well' "$ended" 0
is 'neither does the other' "$(cat "$work/first")" ''
is 'seven workers run' "$(running | wc -l)" 7
brokers() { pgrep -f "tidemill broker .* $TIDEMILL_STATE/" | wc -l; }
is 'and one broker' "$(brokers)" 1
is 'and are remembered' "$(pids)" "$(running)"
unlike 'the doctor has nothing to say of them' "$(tidemill doctor "$work/site.yaml")" '^[a-z]+ +workers'

before=$(pids)
begin=$(date +%s)
exits 'again, where all is well' 0 up
is 'it says nothing' "$out" ''
is 'and changes nothing' "$(pids)" "$before"
ok 'at once' test $(($(date +%s) - begin)) -le 10

dead=$(head -n 1 "$TIDEMILL_STATE/workers/clean-2.pid")
kill -9 "$dead"
gone() { ! kill -0 "$dead"; }
ok 'a worker dies' wait_for 30 gone
like 'the doctor says so' "$(tidemill doctor "$work/site.yaml")" '^warning +workers +1 of the 7 .* do not run; tidemill up'
(up & up & up; wait) > "$work/third" 2>&1
is 'three at the same time say nothing' "$(cat "$work/third")" ''
is 'and start it once' "$(running | wc -l)" 7
is 'and nothing else' "$(pids | grep -vxFc "$(echo "$before" | grep -vx "$dead")")" 1
unlike 'then the doctor is content' "$(tidemill doctor "$work/site.yaml")" '^[a-z]+ +workers'

if [ "$(id -u)" = 0 ]; then
    stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups env TIDEMILL_STATE="$TIDEMILL_STATE" "$@"; }
    exits "another user's down" 70 stranger tidemill down "$work/site.yaml"
    like 'ends nothing, and says so' "$out" '^tidemill: only the user who runs the mill .*/workers/lock: Permission denied'
    chmod a+w "$TIDEMILL_STATE"/workers/lock*
    exits "where they may write, too" 70 stranger tidemill down "$work/site.yaml"
    like 'that is said' "$out" '^tidemill: 7 of 7 workers of .* go on: .* another user'
    is 'all goes on' "$(running | wc -l)" 7
    exits "another user's question" 70 stranger tidemill runs
    like 'is not told that there is no ledger' "$out" '^tidemill: cannot look into .*: Permission denied; it is user root'
fi
exits 'a folder that is no name, as of a variable that is not set' 2 tidemill down --state ''
if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
    # shellcheck disable=SC2016
    exits 'down where the disk became read-only' 70 unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && tidemill down' sh "$TIDEMILL_STATE"
    like 'says so' "$out" 'Read-only file system$'
    is 'but ends the workers' "$(running)" ''
fi
tidemill down "$work/site.yaml" > /dev/null
is 'none is left' "$(running)" ''
is 'nor a broker' "$(brokers)" 0

# A runner would start again at once what is ended.
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/steps: 40/steps: 1000000/' "$work/small.yaml"
tidemill run "$work/small.yaml" > "$work/run.out" 2>&1 &
runner=$!
trains() { [ "$(sql "select state from ledger.task where kind = 'train.fit'")" = running ]; }
ok 'a run goes on' wait_for 180 trains
exits 'down meanwhile' 4 tidemill down
like 'says what is to be ended first' "$out" "^tidemill: process $runner \\(tidemill run, or up\\) looks after the workers of .*; .*: kill $runner, and later"
is 'and nothing has ended' "$(sql "select attempt from ledger.task where kind = 'train.fit'")" 1
kill $runner
await $runner
exits 'without it' 0 tidemill down
like 'all ends' "$out" '^down: '
is 'and stays so' "$(running)" ''
unlike 'where none is to run none is missed' "$(tidemill doctor "$work/site.yaml")" '^[a-z]+ +workers'

(umask 077; tidemill up --quiet --state "$work/closed/state" "$work/site.yaml") > "$work/closed.out" 2>&1
is 'under a umask of 077 it starts all the same' "$(cat "$work/closed.out"; pgrep -fc "tidemill-[a-z]+ --state $work/closed/state ")" 7
is 'and only its own user looks in' "$(find "$work/closed" -maxdepth 2 -type d -perm /044)" ''
tidemill down --state "$work/closed/state" > /dev/null
finish
