#!/bin/sh
# A damaged artifact is found, named, set aside, and made again where its task can be run again.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'the first run' 0 tidemill run "$work/small.yaml"
digests > "$work/before"
file() { echo "$TIDEMILL_STATE/store/$(echo "$1" | cut -c1-2)/$(echo "$1" | cut -c3-)"; }
clean=$(sql "select encode(o.artifact, 'hex') from ledger.task_output o join ledger.task t on t.id = o.task
             where t.kind = 'clean.shard' and o.role = 'clean' order by 1 limit 1")
ok 'an artifact stands where its digest says' test -f "$(file "$clean")"
printf 'X' | dd of="$(file "$clean")" bs=1 seek=100 conv=notrunc 2>/dev/null
exits 'verify finds it' 70 tidemill registry verify
like 'and names it' "$out" "$clean"

sed -i 's/steps: 40/steps: 41/' "$work/small.yaml"
sed -i 's/vocabulary: 600/vocabulary: 610/' "$work/small.yaml"
exits 'a run that needs it makes it again' 0 tidemill run "$work/small.yaml"
is 'with the same digest' "$(sha256sum < "$(file "$clean")" | cut -d' ' -f1)" "$clean"
exits 'verify is content' 0 tidemill registry verify

rm "$(file "$clean")"
sed -i 's/vocabulary: 610/vocabulary: 620/' "$work/small.yaml"
exits 'a lost artifact is made again too' 0 tidemill run "$work/small.yaml"
ok 'and stands there' test -f "$(file "$clean")"
finish
