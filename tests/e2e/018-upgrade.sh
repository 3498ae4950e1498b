#!/bin/sh
# The program is replaced while workers of the old version live: who begins to look after them replaces them.
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
finish
