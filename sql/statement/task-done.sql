-- No row for a task whose lease was lost: what was made of it is discarded. $1 tasks, $2 attempts, $3 worker
WITH held AS MATERIALIZED (
    SELECT t.id FROM ledger.task t JOIN unnest($1::uuid[], $2::int[]) AS n (id, attempt) ON t.id = n.id AND t.attempt = n.attempt
    WHERE t.lease_owner = $3::text ORDER BY t.id FOR NO KEY UPDATE OF t
)
UPDATE ledger.task t SET state = 'done', lease_owner = NULL, lease_until = NULL, error = NULL, finished = clock_timestamp()
FROM held, unnest($1::uuid[], $2::int[]) AS n (id, attempt)
WHERE t.id = held.id AND n.id = t.id AND t.attempt = n.attempt AND t.lease_owner = $3::text AND t.state = 'running' RETURNING t.id
