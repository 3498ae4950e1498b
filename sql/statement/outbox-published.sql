-- After the broker's delivery reports. $1 ids, $2 partitions, $3 offsets
WITH sent AS (
    UPDATE ledger.outbox o SET published = clock_timestamp(), kafka_partition = n.part, kafka_offset = n.off
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, part, off) WHERE o.id = n.id RETURNING o.task
), held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT t.id FROM ledger.task t WHERE t.id IN (SELECT task FROM sent) AND t.state = 'ready' ORDER BY t.id FOR NO KEY UPDATE
)
UPDATE ledger.task t SET published = clock_timestamp() FROM held WHERE t.id = held.id AND t.state = 'ready'
