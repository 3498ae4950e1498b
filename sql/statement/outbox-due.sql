-- Messages to send, oldest first; orders only while few are published and unclaimed, so that Kafka's queue stays short and
-- priority and cancellation stay here. $1 how many
SELECT o.id, o.topic, o.key, o.payload, o.task
FROM ledger.outbox o LEFT JOIN ledger.task t ON t.id = o.task
WHERE o.published IS NULL AND (o.task IS NULL OR (t.state = 'ready' AND t.not_before <= clock_timestamp()))
  AND (o.task IS NULL OR (SELECT count(*) FROM ledger.task w WHERE w.state = 'ready' AND w.published IS NOT NULL) < 2000)
ORDER BY o.id LIMIT $1::int
