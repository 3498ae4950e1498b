-- Back to ready, to be tried again after a while; where its run has ended meanwhile, it has too. $1 task, $2 attempt, $3 worker,
-- $4 delay in ms, $5 error, $6 counts as a failure
UPDATE ledger.task t SET state = CASE WHEN r.state = 'running' THEN 'ready' ELSE 'cancelled' END,
    finished = CASE WHEN r.state = 'running' THEN NULL ELSE clock_timestamp() END,
    lease_owner = NULL, lease_until = NULL, published = NULL, error = $5::text,
    failures = failures + CASE WHEN $6::boolean THEN 1 ELSE 0 END,
    not_before = clock_timestamp() + $4::bigint * interval '1 millisecond'
FROM ledger.run r
WHERE t.id = $1::uuid AND r.id = t.run AND t.attempt = $2::int AND t.lease_owner = $3::text AND t.state = 'running' RETURNING t.id
