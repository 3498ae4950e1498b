-- Takes the task that waits longest: for workers that hear nothing from Kafka. What was never published waits a second for
-- the relay. $1 stage, $2 worker, $3 lease in ms
UPDATE ledger.task t
SET state = 'running', attempt = attempt + 1, lease_owner = $2::text, progress = NULL,
    lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
WHERE t.id = (SELECT c.id FROM ledger.task c JOIN ledger.run r ON r.id = c.run AND r.state = 'running'
              WHERE c.stage = $1::text AND c.state = 'ready' AND c.not_before <= clock_timestamp()
                AND (c.published IS NOT NULL OR c.not_before < clock_timestamp() - interval '1 second')
              ORDER BY c.created, c.position LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
RETURNING t.id, t.run, t.kind, t.attempt, t.spec, t.settings_run, t.repair, encode(t.key, 'hex'), t.failures
