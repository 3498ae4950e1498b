-- Orders that were published long ago and that nobody claimed, though a worker of their stage is at a later one: the message is
-- lost, or its broker is. Where none is overtaken the queue is long, or nobody serves the stage, and it is sent no more: whoever
-- hears nothing claims from the ledger. Partitions overtake each other, so the next time comes after twice as long. $1 age in ms
WITH latest AS MATERIALIZED (
    SELECT t.stage, max(o.id) AS id FROM ledger.task t JOIN ledger.outbox o ON o.task = t.id WHERE t.state = 'running' GROUP BY t.stage
), held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT t.id FROM ledger.task t JOIN latest l ON l.stage = t.stage JOIN ledger.outbox o ON o.task = t.id AND o.id < l.id
    WHERE t.state = 'ready' AND t.published < clock_timestamp() - $1::bigint * interval '1 millisecond'
      AND t.published < clock_timestamp() - (t.published - t.not_before) ORDER BY t.id FOR NO KEY UPDATE OF t
), lost AS (
    UPDATE ledger.task t SET published = NULL FROM held WHERE t.id = held.id AND t.state = 'ready' AND t.published IS NOT NULL
    RETURNING t.id
)
UPDATE ledger.outbox o SET published = NULL FROM lost WHERE o.task = lost.id
