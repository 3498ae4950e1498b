-- What has not begun is not begun any more. $1 run
WITH held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT id FROM ledger.task WHERE run = $1::uuid AND state = 'ready' ORDER BY id FOR NO KEY UPDATE
)
UPDATE ledger.task t SET state = 'cancelled', finished = clock_timestamp() FROM held WHERE t.id = held.id AND t.state = 'ready'
