#!/bin/sh
# gc frees what nothing needs and nothing else: old artifacts, what killed attempts left, damaged files; it says first what
# it would free, may be killed, and runs that go on meanwhile end as they should.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
sed 's/vocabulary: 600/vocabulary: 500/' "$work/small.yaml" > "$work/other.yaml"
store=$TIDEMILL_STATE/store
old() { find "$store" -type f -exec touch -d '40 days ago' {} +; } # as if it had been made then
files() { find "$store" -type f | wc -l; }

exits 'a run' 0 tidemill run "$work/small.yaml"
version_one=$(digests | grep -E '^(train|tokenize)')
exits 'a run with another vocabulary' 0 tidemill run "$work/other.yaml"
exits 'nothing is old yet' 0 tidemill gc
is 'it says so' "$out" 'nothing to free'

# The first run and what only it needed are of long ago; a file that no task named, and a damaged one, too.
tidemill psql -q -c 'alter table ledger.run disable trigger run_ends_once' \
    -c "update ledger.run set created = created - interval '40 days'" -c 'alter table ledger.run enable trigger run_ends_once' \
    -c "update ledger.artifact set created = created - interval '40 days'"
stray=$(printf stray | sha256sum | cut -c1-64)
mkdir -p "$store/$(printf %s "$stray" | cut -c1-2)"
printf stray > "$store/$(printf %s "$stray" | cut -c1-2)/$(printf %s "$stray" | cut -c3-)"
printf broken > "$store/damaged/$stray"
old
before=$(files)
exits 'what would be freed' 0 tidemill gc
like 'old artifacts' "$out" '^old +[1-9]'
like 'a file that no task made' "$out" '^unnamed +1 '
like 'a damaged one' "$out" '^damaged +1 '
is 'nothing has gone' "$(files)" "$before"
like 'programs are told too' "$(tidemill gc --json)" '"damaged":\{"bytes":6,"files":1\}'

# Killed at some moments of its work, while a run of the newest definition goes on.
tidemill run "$work/other.yaml" > "$work/meanwhile.out" 2>&1 &
runner=$!
for pause in 0.002 0.01 0.03 0.1; do
    tidemill gc --delete > /dev/null 2>&1 &
    gc=$!
    sleep $pause
    kill -9 $gc 2> /dev/null
    wait $gc 2> /dev/null
done
exits 'gc to its end' 0 tidemill gc --delete
await $runner
is 'the run that went on meanwhile is done' "$ended" 0
exits 'what the newest run does not need either' 0 tidemill gc --delete
exits 'again' 0 tidemill gc --delete
is 'there is nothing left to free' "$out" 'nothing to free'
ok 'files have gone' test "$(files)" -lt "$before"
exits 'all that the ledger says is there is there' 0 tidemill registry verify
exits 'the first version is whole' 0 tidemill registry export small-lm@1 "$work/one"
like 'the audit has it' "$(sql "select count(*) from ledger.audit_event where action = 'store.free'")" '^[1-9]'

exits 'the first definition once more' 0 tidemill run "$work/small.yaml"
is 'makes again what was freed, the same' "$(digests | grep -E '^(train|tokenize)')" "$version_one"
finish
