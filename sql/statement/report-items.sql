-- What the sources listed when a run last looked. $1 run
SELECT count(*), coalesce(sum(i.bytes), 0)::bigint, count(*) FILTER (WHERE i.error IS NOT NULL),
    count(*) FILTER (WHERE i.first_run = $1::uuid)
FROM ledger.item i WHERE i.last_run = $1::uuid
