-- Takes the task that waits longest: for workers that hear nothing from Kafka. What was never
-- published waits a second for the relay. $1 worker, $2 lease in ms, $3 host, $4 stage
WITH taken AS (
    UPDATE ledger.task t
    SET state = 'running', attempt = attempt + 1, lease_owner = $1::text, progress = NULL,
        lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    WHERE t.id = (SELECT c.id FROM ledger.task c JOIN ledger.run r ON r.id = c.run AND r.state = 'running'
                  WHERE c.stage = $4::text AND c.state = 'ready' AND c.not_before <= clock_timestamp()
                    AND (c.published IS NOT NULL OR c.not_before < clock_timestamp() - interval '1 second')
                  ORDER BY c.created, c.position LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
    RETURNING t.*
), begun AS (
    INSERT INTO ledger.attempt (task, attempt, worker, host) SELECT id, attempt, $1::text, $3::text FROM taken
)
SELECT id, run, kind, attempt, spec, settings_run, repair, encode(key, 'hex'), failures
FROM taken, set_config('synchronous_commit', 'off', true) -- a claim that a crash undoes did not happen: its fence holds
