-- Renews leases; no row for one that was lost. $1 tasks, $2 attempts, $3 worker, $4 lease in ms, $5 progress or NULL, $6 of which,
-- $7 CPU seconds that it has used so far
WITH held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT t.id, t.attempt FROM ledger.task t JOIN unnest($1::uuid[], $2::int[]) AS n (id, attempt) ON t.id = n.id AND t.attempt = n.attempt
    WHERE t.lease_owner = $3::text ORDER BY t.id FOR NO KEY UPDATE OF t
), metered AS (
    UPDATE ledger.attempt a SET cpu_seconds = $7::float8 FROM held
    WHERE held.id = $6::uuid AND a.task = held.id AND a.attempt = held.attempt AND a.worker = $3::text AND a.outcome IS NULL
)
UPDATE ledger.task t SET lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond',
    progress = CASE WHEN t.id = $6::uuid THEN coalesce($5::jsonb, t.progress) ELSE t.progress END
FROM held, ledger.run r, unnest($1::uuid[], $2::int[]) AS n (id, attempt)
WHERE t.id = held.id AND r.id = t.run AND n.id = t.id AND t.attempt = n.attempt AND t.lease_owner = $3::text AND t.state = 'running'
RETURNING t.id, r.state
