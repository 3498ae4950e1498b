-- The newest dead letters, or one. $1 id or NULL
SELECT d.id, d.created, d.reason, coalesce(t.run::text, '') AS run, coalesce(d.topic, t.kind) AS what, d.error, d.sent, d.sent_by,
       d.kafka_partition, d.kafka_offset, d.host, d.task, encode(d.payload, 'escape') AS message
FROM ledger.dead_letter d LEFT JOIN ledger.task t ON t.id = d.task
WHERE $1::bigint IS NULL OR d.id = $1::bigint
ORDER BY d.id DESC LIMIT 100
