-- Of a run that has ended. $1 task, $2 attempt, $3 worker
UPDATE ledger.task SET state = 'cancelled', lease_owner = NULL, lease_until = NULL, finished = clock_timestamp()
WHERE id = $1::uuid AND attempt = $2::int AND lease_owner = $3::text AND state = 'running' RETURNING id
