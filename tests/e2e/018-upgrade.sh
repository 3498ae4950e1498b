#!/bin/sh
# The program is replaced while workers of the old version live: who begins to look after them replaces them; and while
# somebody of before still does, a run of the new version has workers of its own beside them.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
mkdir "$work/here"
cp "$BUILD"/bin/* "$work/here/"
PATH=$work/here:$PATH
pids() { head -qn 1 "$TIDEMILL_STATE"/workers/*.pid; }
replace() { # a stage's program by another file
    cp "$work/here/tidemill-$1" "$work/here/new"
    mv "$work/here/new" "$work/here/tidemill-$1"
}
tidemill up > /dev/null
before=$(pids)
tidemill up > /dev/null
is 'workers stay' "$(pids)" "$before"
unlike 'nothing to say of them' "$(tidemill doctor)" 'another version'
clean=$(head -n 1 "$TIDEMILL_STATE/workers/clean-1.pid")
train=$(head -n 1 "$TIDEMILL_STATE/workers/train-1.pid")
replace clean
like 'after an upgrade the doctor says so' "$(tidemill doctor)" '^warning +workers +[1-9].*another version.*tidemill up'
exits 'up' 0 tidemill up
ok 'replaces what is old' test "$(head -n 1 "$TIDEMILL_STATE/workers/clean-1.pid")" != "$clean"
is 'and nothing else' "$(head -n 1 "$TIDEMILL_STATE/workers/train-1.pid")" "$train"
unlike 'then the doctor is content' "$(tidemill doctor)" 'another version'
replace train
exits 'so does the next run' 0 tidemill run "$work/small.yaml"
ok 'whose workers are new' test "$(head -n 1 "$TIDEMILL_STATE/workers/train-1.pid")" != "$train"
is 'and lost nothing for it' "$(sql "select count(*) from ledger.attempt where outcome <> 'done'")" 0
tidemill down > /dev/null

# The stage of cleaning and the runner with another revision of it.
other_version() {
    other_clean "$work/other" || return 1
    archives=
    for room in ingest clean tokenize train evaluate registry; do archives="$archives $BUILD/$room.a"; done
    # shellcheck disable=SC2086
    gcc -rdynamic -o "$work/other/tidemill" "$BUILD/pipelines/main.o" "$work/other/options.o" "$BUILD/pipelines.a" $archives "$BUILD/lib.a" $libraries
}
cleaned() { sql "select count(*) from ledger.task where kind = 'clean.shard' and state = 'done' and key_text like '%revision 999 %'"; }
is_cleaned() { [ "$(cleaned)" -gt 0 ]; }
state_of() { sql "select r.state from ledger.run r join ledger.definition d on d.digest = r.definition where d.file like '%/$1.yaml' order by r.created desc limit 1"; }
holdable
ok 'another revision' other_version
sed 's/seed: 7/seed: 8/' "$work/small.yaml" > "$work/old.yaml"
sed 's/seed: 7/seed: 9/' "$work/small.yaml" > "$work/new.yaml"
hold train write
tidemill run "$work/old.yaml" > "$work/old.out" 2>&1 &
old=$!
ok 'a run trains' wait_for 180 standing train.fit
clean=$(head -n 1 "$TIDEMILL_STATE/workers/clean-1.pid")
mv "$work/other/tidemill" "$work/other/tidemill-clean" "$work/here/"
tidemill run "$work/new.yaml" > "$work/new.out" 2>&1 &
new=$!
ok 'after an upgrade another does what the old workers cannot' wait_for 120 is_cleaned
is 'while the old one goes on' "$(state_of old)" running
ok 'with its workers' kill -0 "$clean"
let_go train
await $old
is 'it is done' "$ended" 0
await $new
is 'and so is the new one' "$ended" 0
workers() { left | grep -c 'tidemill-[a-z]* --state'; }
is 'none of them is left' "$(workers)" 0

sed 's/seed: 7/seed: 10/' "$work/small.yaml" > "$work/killed.yaml"
sed 's/seed: 7/seed: 11/; s/validation: 10 %/validation: 11 %/' "$work/small.yaml" > "$work/back.yaml"
hold train write
tidemill run "$work/killed.yaml" > "$work/killed.out" 2>&1 &
killed=$!
ok 'again a run trains' wait_for 180 standing train.fit
cp "$BUILD/bin/tidemill" "$BUILD/bin/tidemill-clean" "$work/other/"
mv "$work/other/tidemill" "$work/other/tidemill-clean" "$work/here/"
tidemill run "$work/back.yaml" > "$work/back.out" 2>&1 &
back=$!
ours() { [ "$(sql "select count(*) from ledger.task where kind = 'clean.shard' and state = 'done' and key_text like '%revision 1 %validation\":0.11%'")" -gt 0 ]; }
ok 'the version of before has workers of its own, too' wait_for 120 ours
beside=$(head -n 1 "$TIDEMILL_STATE/workers/clean-1.beside.pid")
ok 'beside those' test ! -e "$TIDEMILL_STATE/workers/train-1.beside.pid"
kill -9 $killed
wait $killed 2> /dev/null
placed() { [ "$(head -n 1 "$TIDEMILL_STATE/workers/clean-1.pid")" = "$beside" ] && ! ls "$TIDEMILL_STATE"/workers/*.beside.pid; }
ok 'when the other runner is gone they take the places of its' wait_for 60 placed
ok 'and go on' kill -0 "$beside"
let_go train
await $back
is 'the run is done' "$ended" 0
exits 'the other is taken up, or was done meanwhile' 0 tidemill run "$work/killed.yaml"
is 'all are done' "$(sql "select count(*) from ledger.run where state <> 'done'")" 0
is 'then none is left' "$(workers)" 0
tidemill down > /dev/null
finish
