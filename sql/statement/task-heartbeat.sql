-- Renews a lease; no row: it was lost. $1 task, $2 attempt, $3 worker, $4 lease in ms, $5 progress or NULL
UPDATE ledger.task t SET lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond',
    progress = coalesce($5::jsonb, progress)
FROM ledger.run r
WHERE r.id = t.run AND t.id = $1::uuid AND t.attempt = $2::int AND t.lease_owner = $3::text AND t.state = 'running'
RETURNING r.state
