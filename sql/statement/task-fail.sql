-- For good. $1 task, $2 attempt, $3 worker, $4 error
UPDATE ledger.task SET state = 'failed', lease_owner = NULL, lease_until = NULL, error = $4::text,
    failures = failures + 1, finished = clock_timestamp()
WHERE id = $1::uuid AND attempt = $2::int AND lease_owner = $3::text AND state = 'running' RETURNING id
