#!/bin/sh
# Documents that crash a stage, hang it or take all memory: each is found, set aside with its reason, and the rest comes out
# as if it had been dropped. Leases are so long that nothing here can have waited for one. See poison.c.
. "$(dirname "$0")/lib.sh"
poison=$work/poison.so
# shellcheck disable=SC2046  # several words are meant
cc -shared -fPIC -O1 -o "$poison" tests/fault/poison.c $(pkg-config --cflags libxml-2.0 uchardet) -ldl || exit 1
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
# Too short to be kept: undisturbed, they are dropped by gopher.short.
page() { printf '<html><body><p>A page with %s in it.</p></body></html>\n' "$2" > "$work/pages/$1.html"; }
page sql-create-crash poison-crash
page sql-cluster-crash poison-crash
page sql-create-memory poison-memory
page sql-createtype-later poison-later
page sql-close-hang poison-hang
printf '<p>Gr\374\337e aus K\366ln, poison-crash</p>\n' > "$work/pages/sql-create-latin.html"
cp "$work/pages/sql-close-hang.html" "$work/pages/sql-commit-hang.html"
definition "$work/small.yaml" "$work/pages"
sed -i -e 's/lease: 10s/lease: 1h\n  stall: 4s\n  memory: 2 GB/' "$work/small.yaml"

export TIDEMILL_STATE="$work/undisturbed"
exits 'an undisturbed run' 0 timeout 200 tidemill run "$work/small.yaml"
digests | grep -v '^ingest' > "$work/undisturbed.digests"
is 'the pages are dropped, being short' "$(sql "select count(*) from ledger.document where rule = 'gopher.short' and bytes < 100")" 7
tidemill down >/dev/null

export TIDEMILL_STATE="$work/state"
exits 'a run over poison releases a model' 0 timeout 500 env LD_PRELOAD="$poison" tidemill run "$work/small.yaml"
digests | grep -v '^ingest' > "$work/poisoned.digests"
ended=$got equal=equal
cmp -s "$work/undisturbed.digests" "$work/poisoned.digests" || equal=differ
is 'with the same bytes' $equal equal
cell 'a document that crashes' ingest 1
cell 'a document that crashes' clean 3
cell 'a document that hangs' clean 2
cell 'a document that takes all memory' clean 1
reason() { sql "select d.rule, d.value from ledger.document d join ledger.item i on i.id = d.item where i.uri like '%$1'"; }
is 'a page that crashes is set aside, with the signal' "$(reason sql-create-crash.html)" 'crash|11'
is 'another too' "$(reason sql-cluster-crash.html)" 'crash|11'
is 'a page that hangs is set aside, with the time that it was given' "$(reason sql-close-hang.html)" 'timeout|4'
is 'another too' "$(reason sql-commit-hang.html)" 'timeout|4'
like 'a page that takes all memory is set aside' "$(reason sql-create-memory.html)" '^memory\|[0-9]'
is 'with the limit' "$(sql "select distinct threshold from ledger.document where rule = 'memory'")" 2000000000
is 'a page that makes the next one crash is found' "$(reason sql-createtype-later.html)" 'crash|11'
like 'a file that crashes ingest is left out, with the signal' \
    "$(sql "select error from ledger.item where uri like '%sql-create-latin.html'")" 'left out: reading it crashed \(signal 11'
is 'it gave no document' "$(reason sql-create-latin.html)" ''
is 'every other page has one outcome' \
    "$(sql "select count(*), count(distinct id) from ledger.document")" "$(($(ls "$work/pages" | wc -l) - 1))|$(($(ls "$work/pages" | wc -l) - 1))"
like 'lost attempts are recorded as such' "$(sql "select distinct error from ledger.attempt where outcome = 'lost'")" 'worker'
like 'the report says why documents were left out' "$(sql 'select distinct rule from report.drop_reason')" 'crash'

exits 'the next run does nothing again' 0 timeout 200 env LD_PRELOAD="$poison" tidemill run "$work/small.yaml"
is 'and tries no poison' "$(sql "select count(*) from ledger.attempt where outcome = 'lost' and started > (select max(created) from ledger.run)")" 0

mkdir "$work/all"
for i in $(seq 1 60); do printf '<p>Page %d is poison-crash, as all others are.</p>\n' "$i" > "$work/all/$i.html"; done
sed "s|^pipeline: small|pipeline: hopeless|; s|files: .*|files: $work/all/*.html|" "$work/small.yaml" > "$work/hopeless.yaml"
exits 'a run in which every document crashes fails' 7 timeout 300 env LD_PRELOAD="$poison" tidemill run "$work/hopeless.yaml"
like 'and says so in one line' "$out" '16 of the first 16 documents end the process \(the last one crashed \(signal 11, Segmentation fault\)\): that is a setting'
ended=$got
cell 'every document crashes' clean 1 'says so'
finish
