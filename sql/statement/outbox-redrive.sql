-- Orders that were published long ago and that nobody claimed: the message is lost, or its broker is; or the queue is long, so
-- the next time comes after twice as long. $1 age in ms
WITH held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT t.id FROM ledger.task t
    WHERE t.state = 'ready' AND t.published < clock_timestamp() - $1::bigint * interval '1 millisecond'
      AND t.published < clock_timestamp() - (t.published - t.not_before) ORDER BY t.id FOR NO KEY UPDATE
), lost AS (
    UPDATE ledger.task t SET published = NULL FROM held WHERE t.id = held.id AND t.state = 'ready' AND t.published IS NOT NULL
    RETURNING t.id
)
UPDATE ledger.outbox o SET published = NULL FROM lost WHERE o.task = lost.id
