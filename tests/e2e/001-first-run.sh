#!/bin/sh
# A first run over real pages: every document accounted for, a model released, everything on record.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
pages=$(find "$work/pages" -name '*.html' | wc -l)

exits 'the definition is good' 0 tidemill check "$work/small.yaml"
exits 'the run releases a model' 0 tidemill run "$work/small.yaml"
run=$out
like 'it says what was released' "$run" 'released small-lm v1 as production'
like 'it shows the held-out bits per byte against the unigram' "$run" 'bits per byte +[0-9.]+ .*unigram +[0-9.]+'
like 'and the n-gram beside it' "$run" '5-gram'
like 'it shows the cost' "$run" 'cost +[0-9.]+ EUR'
like 'and what to try next' "$run" 'tidemill registry lineage small-lm@production'

is 'every page has one outcome' "$(sql 'select count(*) from ledger.document')" "$pages"
is 'kept and dropped add up' \
    "$(sql 'select (select documents from ledger.dataset_version) + (select sum(documents) from report.drop_reason)')" "$pages"
is 'a dropped document names rule, value and threshold' \
    "$(sql "select count(*) from ledger.document where rule is not null and (value is null or threshold is null)")" 0
is 'every task is done' "$(sql "select count(*) from ledger.task where state <> 'done'")" 0
is 'every attempt has its cost' \
    "$(sql 'select count(*) from ledger.attempt a where not exists (select from ledger.charge c where c.task = a.task and c.attempt = a.attempt)')" 0
is 'version 1 is in production' "$(sql 'select version from report.model where aliases = $$production$$')" 1
ok 'the store holds what the ledger says' tidemill registry verify

exits 'lineage down to the sources' 0 tidemill registry lineage small-lm@production
like 'names the source' "$out" 'manual'
id=$(sql "select replace(id::text, '-', '') from ledger.document where rule is null order by id limit 1")
exits 'a document is found by id' 0 tidemill registry document "$id"
like 'and where it went' "$out" 'small-lm v1'
exits 'an unknown document is said to be unknown' 7 tidemill registry document ffffffffffffffffffffffffffffffff
finish
