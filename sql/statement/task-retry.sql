-- Back to ready, to be tried again after a while. $1 task, $2 attempt, $3 worker, $4 delay in ms, $5 error, $6 counts as a failure
UPDATE ledger.task SET state = 'ready', lease_owner = NULL, lease_until = NULL, published = NULL, error = $5::text,
    failures = failures + CASE WHEN $6::boolean THEN 1 ELSE 0 END,
    not_before = clock_timestamp() + $4::bigint * interval '1 millisecond'
WHERE id = $1::uuid AND attempt = $2::int AND lease_owner = $3::text AND state = 'running' RETURNING id
