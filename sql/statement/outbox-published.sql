-- After the broker's delivery reports. $1 ids, $2 partitions, $3 offsets
WITH sent AS (
    UPDATE ledger.outbox o SET published = clock_timestamp(), kafka_partition = n.part, kafka_offset = n.off
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, part, off) WHERE o.id = n.id RETURNING o.task
)
UPDATE ledger.task t SET published = clock_timestamp() FROM sent WHERE t.id = sent.task AND t.state = 'ready'
