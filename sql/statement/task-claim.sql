-- Takes a task; no row where it is not to be had. The attempt counts from here. $1 task, $2 worker, $3 lease in ms, $4 stage
UPDATE ledger.task t
SET state = 'running', attempt = attempt + 1, lease_owner = $2::text, progress = NULL,
    lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
WHERE t.id = $1::uuid AND t.stage = $4::text AND t.state = 'ready' AND t.not_before <= clock_timestamp()
  AND EXISTS (SELECT FROM ledger.run r WHERE r.id = t.run AND r.state = 'running')
RETURNING t.id, t.run, t.kind, t.attempt, t.spec, t.settings_run, t.repair, encode(t.key, 'hex'), t.failures
