#!/bin/sh
# A night with nothing new costs nothing; one changed page redoes its shard and what follows, and nothing else.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'the first run' 0 tidemill run "$work/small.yaml"
shards=$(sql "select count(*) from ledger.task where kind = 'clean.shard'")

exits 'the second run' 0 tidemill run "$work/small.yaml"
like 'finds nothing new' "$out" 'nothing new'
again="from ledger.task where run = (select id from ledger.run order by created desc limit 1)"
is 'it did only the scan' "$(sql "select string_agg(distinct kind, ',') $again and state = 'done'")" ingest.scan
is 'no second version' "$(sql 'select count(*) from ledger.model_version')" 1

touch "$work"/pages/*.html
exits 'touched, not changed' 0 tidemill run "$work/small.yaml"
like 'is nothing new' "$out" 'nothing new'

page=$(find "$work/pages" -name '*.html' | sort | head -n 1)
sed -i 's|</body>|<p>The tide comes in twice a day, and the mill grinds what the farmers bring to it.</p></body>|' "$page"
exits 'one page changed' 0 tidemill run "$work/small.yaml"
is 'one shard is cleaned again' "$(sql "select count(*) $again and kind = 'clean.shard' and state = 'done'")" 1
is 'the others are reused' "$(sql "select count(*) $again and kind = 'clean.shard' and state = 'reused'")" $((shards - 1))
is 'a second version is released' "$(sql 'select max(version) from ledger.model_version')" 2
like 'judged against production' "$out" 'released small-lm v2'
finish
