-- Only the holder of the lease may. $1 task, $2 attempt, $3 worker, $4 step, $5 artifact, $6 bytes
INSERT INTO ledger.checkpoint (task, step, artifact, bytes)
SELECT t.id, $4::bigint, $5::bytea, $6::bigint FROM ledger.task t
WHERE t.id = $1::uuid AND t.attempt = $2::int AND t.lease_owner = $3::text AND t.state = 'running'
ON CONFLICT (task) DO UPDATE SET step = excluded.step, artifact = excluded.artifact, bytes = excluded.bytes, at = clock_timestamp()
RETURNING task
