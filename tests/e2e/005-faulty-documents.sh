#!/bin/sh
# Faulty inputs: each is recorded with its reason, and the rest goes on.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
pages=$(find "$work/pages" -name '*.html' | wc -l)
mkdir -p "$work/in"
printf '\037\213\010\000broken' > "$work/in/broken.html.gz"
head -c 100000 /dev/zero > "$work/in/zeros.html"
perl -e 'srand 7; print pack "C*", map { rand 256 } 1 .. 30000' > "$work/in/noise.html"
: > "$work/in/empty.html"
printf '<html><body>' > "$work/in/deep.html"
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "<div><b>" }' >> "$work/in/deep.html"
printf '<p>\344\366\374 \377\376 latin</p>' > "$work/in/latin.html"
ln -s loop.html "$work/in/loop.html"
mkfifo "$work/in/pipe.html"
printf '{"id": 1, "text": "a good line of text that says something"}\nthis is no JSON\n{"id": 3}\n{"id": 4, "text": 5}\n' > "$work/in/lines.jsonl"
printf 'id,text\n1,"unclosed\n2,fine\n' > "$work/in/table.csv"
printf '{"id": "deep", "text": ' > "$work/in/nested.jsonl"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >> "$work/in/nested.jsonl"
head -c 2000 /usr/share/doc/postgresql-doc-*/html/index.html | gzip | head -c 300 > "$work/in/truncated.html.gz"
sed -i "s|^    - name: manual|    - name: faulty\n      files: $work/in/*\n      fields: {id: id, text: text}\n      licence: none\n    - name: manual|" "$work/small.yaml"

exits 'the run releases a model all the same' 0 timeout 400 tidemill run "$work/small.yaml"
like 'says how many files could not be read' "$out" "^  ingest .* $((pages + 10)) read, 6 unreadable" # of the 12 others all but a loop and a pipe are read
errors="select count(*) from ledger.item where error is not null and uri like"
is 'a broken gzip is recorded' "$(sql "$errors '%broken.html.gz'")" 1
is 'a truncated gzip is recorded' "$(sql "$errors '%truncated.html.gz'")" 1
is 'noise is recorded' "$(sql "$errors '%noise.html'")" 1
is 'lines that are no JSON are recorded' "$(sql "$errors '%lines.jsonl'")" 1
like 'with the number of the line' "$(sql "select error from ledger.item where uri like '%lines.jsonl'")" 'line 2'
is 'JSON without an end is recorded' "$(sql "$errors '%nested.jsonl'")" 1
is 'a table with an open quote is recorded' "$(sql "$errors '%table.csv'")" 1
is 'the good line of a bad file is used' "$(sql "select count(*) from ledger.document d join ledger.item i on i.id = d.item where i.uri like '%lines.jsonl'")" 1
is 'every document has one outcome' \
    "$(sql "select count(*) from (select id from ledger.document group by id having count(*) > 1) twice")" 0
ok 'all pages of the manual came through' \
    test "$(sql "select count(distinct i.uri) from ledger.document d join ledger.item i on i.id = d.item where i.uri like '%sql-c%' or i.uri like '%datatype%'")" -ge "$(ls "$work/pages" | wc -l)"
like 'a record is found by its own key' "$(tidemill registry document faulty:1)" 'faulty:lines.jsonl #0'
like 'or by its file and its key' "$(tidemill registry document 'faulty:lines.jsonl#1')" 'faulty:lines.jsonl #0'
finish
