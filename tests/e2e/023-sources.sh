#!/bin/sh
# Sources that go away: a folder that is not mounted, or no more, ends the run instead of a model that was made without it; and
# what was missed for a moment is read by the next run, as if nothing had been.
. "$(dirname "$0")/lib.sh"
holdable
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/lease: 10s/lease: 10s\n  attempts: 1/' "$work/small.yaml"
exits 'an undisturbed run' 0 tidemill run "$work/small.yaml"
made() { digests | grep -v -e ^evaluate -e ^registry; } # these see which version is in production
made > "$work/undisturbed"
tidemill down >/dev/null
TIDEMILL_STATE=$work/disturbed
begin() { # the run stands in the middle of reading
    hold ingest read
    tidemill run "$work/small.yaml" > "$work/out" 2>&1 &
    runner=$!
    ok 'files are listed' wait_for 180 standing ingest.read
}

begin
mv "$work/pages" "$work/away"
mkdir "$work/pages"
let_go ingest
await $runner
is 'the folder goes away while it is read: the run fails' $ended 70
like 'which it says' "$(tail -n 1 "$work/out")" "failed: ingest.read: .*pages/[^ ]+: No such file or directory, and its source's folder is gone or empty: is it mounted[?]$"
exits 'still away: so does the next' 7 tidemill run "$work/small.yaml"
like 'and says it' "$out" "source manual: 0 files can be read, fewer than its min_files \(1\); is the folder of $work/pages/.* mounted[?]$"
rmdir "$work/pages"
mv "$work/away" "$work/pages"

begin
mv "$work/pages/sql-call.html" "$work/datatype.html"
let_go ingest
await $runner
is 'a file goes away while its folder is read: the run goes on without it' $ended 0
is 'and says so' "$(sql "select uri || ' ' || error from ledger.item where error is not null")" \
    'sql-call.html after it was listed: No such file or directory'
mv "$work/datatype.html" "$work/pages/sql-call.html"
exits 'it comes back as it was' 0 tidemill run "$work/small.yaml"
is 'and is read' "$(sql 'select count(*) from ledger.item where error is not null')" 0
made > "$work/disturbed.digests"
ok 'the model is that of the undisturbed run' cmp "$work/undisturbed" "$work/disturbed.digests"

sed "s|^clean:|    - name: incoming\n      files: $work/incoming/*.txt\nclean:|" "$work/small.yaml" > "$work/two.yaml"
exits 'one of two sources is not there' 7 tidemill run "$work/two.yaml"
like 'and named' "$out" 'source incoming: 0 files can be read'
sed -i 's|incoming/[*].txt|&\n      min_files: 0|' "$work/two.yaml"
exits 'unless it may be empty' 0 tidemill run "$work/two.yaml"
finish
