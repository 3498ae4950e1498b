-- Orders that were published long ago and that nobody claimed: the message is lost, or its broker is. $1 age in ms
WITH lost AS (
    UPDATE ledger.task t SET published = NULL
    WHERE t.state = 'ready' AND t.published < clock_timestamp() - $1::bigint * interval '1 millisecond' RETURNING t.id
)
UPDATE ledger.outbox o SET published = NULL FROM lost WHERE o.task = lost.id
