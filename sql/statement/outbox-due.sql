-- Messages to send, oldest first; orders only while few are published and unclaimed, so that Kafka's queue stays short and
-- priority and cancellation stay here. The task is asked for order by order: no join, which without statistics may begin at
-- the wrong end. $1 how many
(SELECT o.id, o.topic, o.key, o.payload FROM ledger.outbox o WHERE o.published IS NULL AND o.task IS NULL ORDER BY o.id LIMIT $1::int)
UNION ALL
(SELECT o.id, o.topic, o.key, o.payload FROM ledger.outbox o
 WHERE o.published IS NULL AND o.task IS NOT NULL
   AND (SELECT t.state = 'ready' AND t.not_before <= clock_timestamp() FROM ledger.task t WHERE t.id = o.task)
 ORDER BY o.id
 LIMIT (SELECT greatest(0, least($1::bigint, 2000 - count(*))) FROM ledger.task w WHERE w.state = 'ready' AND w.published IS NOT NULL))
