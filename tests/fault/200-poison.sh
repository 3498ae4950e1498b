#!/bin/sh
# Documents that crash a stage, hang it or take all memory: each is found, set aside with its reason, and the rest comes out
# as if it had been dropped. Leases are so long that nothing here can have waited for one. See poison.c.
. "$(dirname "$0")/lib.sh"
brew_poison
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
# with_the_bytes_of UNDISTURBED NAME: what the run that just ended made.
with_the_bytes_of() {
    ended=$got equal=equal
    cmp -s "$work/$1.digests" "$work/$2.digests" || equal=differ
    is 'with the same bytes' $equal equal
}
exits 'an undisturbed run' 0 timeout 500 tidemill run "$work/small.yaml"
digests | grep -v '^ingest' > "$work/undisturbed.digests"
is 'the pages are dropped, being short' "$(sql "select count(*) from ledger.document where rule = 'gopher.short' and bytes < 100")" 7
tidemill down >/dev/null

export TIDEMILL_STATE="$work/state"
exits 'a run over poison releases a model' 0 timeout 500 env LD_PRELOAD="$poison" tidemill run "$work/small.yaml"
digests | grep -v '^ingest' > "$work/poisoned.digests"
with_the_bytes_of undisturbed poisoned
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

exits 'the next run does nothing again' 0 timeout 500 env LD_PRELOAD="$poison" tidemill run "$work/small.yaml"
is 'and tries no poison' "$(sql "select count(*) from ledger.attempt where outcome = 'lost' and started > (select max(created) from ledger.run)")" 0

mkdir "$work/all"
for i in $(seq 1 60); do printf '<p>Page %d is poison-crash, as all others are.</p>\n' "$i" > "$work/all/$i.html"; done
sed "s|^pipeline: small|pipeline: hopeless|; s|files: .*|files: $work/all/*.html|" "$work/small.yaml" > "$work/hopeless.yaml"
exits 'a run in which every document crashes fails' 7 timeout 500 env LD_PRELOAD="$poison" tidemill run "$work/hopeless.yaml"
like 'and says so in one line' "$out" '16 of the first 16 documents end the process \(the last one crashed \(signal 11, Segmentation fault\)\): that is a setting'
ended=$got
cell 'every document crashes' clean 1 'says so'
tidemill down >/dev/null

# Words that clean well and are poison to those that tokenize; undisturbed, their pages are dropped for another word.
corpus "$work/words" 'sql-c*.html' 'datatype*.html'
deadly() { # word, page...
    word=$1; shift
    for page; do
        sed "s|</body>|<p>The lorem ipsum of $word stands here.</p></body>|" /usr/share/doc/postgresql-doc-*/html/"$page" > "$work/words/$page"
        grep -q "$word" "$work/words/$page" || note "$page has no $word"
    done
}
deadly poisontokenscrash plpgsql-cursors.html plpgsql-trigger.html plpgsql-control-structures.html plperl-builtins.html
deadly poisontokenshang plpgsql-statements.html
deadly poisontokensmemory plpgsql-declarations.html
sed -e "s|$work/pages|$work/words|" -e 's/^clean:/clean:\n  rules: [gopher, c4]\n  c4: {sentences: 0, words: 0, end_punctuation: no, curly_bracket: no, lorem_ipsum: yes}/' \
    "$work/small.yaml" > "$work/words.yaml"
sed 's/lorem_ipsum: yes/lorem_ipsum: no/' "$work/words.yaml" > "$work/deadly.yaml"
learned() { digests | grep -E '^(tokenize|train|evaluate)'; }

export TIDEMILL_STATE="$work/words-undisturbed"
exits 'an undisturbed run' 0 timeout 200 tidemill run "$work/words.yaml"
learned > "$work/words.digests"
is 'the pages are dropped for their other word' "$(sql "select count(*) from ledger.document where rule = 'c4.lorem_ipsum'")" 6
tidemill down >/dev/null

export TIDEMILL_STATE="$work/deadly"
exits 'a run over words that are poison releases a model' 0 timeout 300 env LD_PRELOAD="$poison" tidemill run "$work/deadly.yaml"
learned > "$work/deadly.digests"
with_the_bytes_of words deadly
cell 'a document that crashes' tokenize 4
cell 'a document that hangs' tokenize 1
cell 'a document that takes all memory' tokenize 1
aside() { sql "select distinct regexp_replace(uri, '.*/', ''), rule, value from report.set_aside where $1 order by 1"; }
like 'each is set aside where it is encoded, with the reason' "$(aside "kind = 'tokenize.encode'" | tr '\n' ' ')" \
    '^plperl-builtins.html\|crash\|11 plpgsql-control-structures.html\|crash\|11 plpgsql-cursors.html\|crash\|11 plpgsql-declarations.html\|memory\|[0-9]+ plpgsql-statements.html\|timeout\|4 plpgsql-trigger.html\|crash\|11 $'
asides() { sql "select count(distinct document) from report.set_aside where kind = '$1'"; }
of_split() { sql "select count(*) from ledger.document d join ledger.item i on i.id = d.item where split = '$1' and uri ~ '(^|/)pl(perl|pgsql)'"; }
is 'those of the training split where a tokenizer is learned' "$(asides tokenize.learn)" "$(of_split train)"
is 'those of the test split where a model is scored' "$(asides evaluate.score)" "$(of_split test)"
is 'and its baselines are' "$(asides evaluate.baseline)" "$(of_split test)"
like 'the report says so' "$(sql 'select rule, documents from report.drop_reason order by 1' | tr '\n' ' ')" \
    'encode.crash\|4 encode.memory\|1 encode.timeout\|1'
like 'and so does the history of the document' "$(tidemill registry document manual:plpgsql-cursors.html 2>&1)" 'set aside \(crash\)'
finish
