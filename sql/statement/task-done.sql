-- No row: the lease was lost, and what was made is discarded. $1 task, $2 attempt, $3 worker
UPDATE ledger.task SET state = 'done', lease_owner = NULL, lease_until = NULL, error = NULL, finished = clock_timestamp()
WHERE id = $1::uuid AND attempt = $2::int AND lease_owner = $3::text AND state = 'running' RETURNING id
