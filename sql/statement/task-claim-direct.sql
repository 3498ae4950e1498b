-- Takes the tasks that wait longest: for workers that hear nothing from Kafka. What was never published waits a second for the
-- relay. More than one only where all of them are new: what was tried before is taken alone.
-- $1 worker, $2 lease in ms, $3 host, $4 stage, $5 how many
WITH longest AS MATERIALIZED (
    SELECT c.id, row_number() OVER place AS place, bool_and(c.attempt = 0) OVER place AS new
    FROM (SELECT c.id, c.attempt, c.created, c.position FROM ledger.task c JOIN ledger.run r ON r.id = c.run AND r.state = 'running'
          WHERE c.stage = $4::text AND c.state = 'ready' AND c.not_before <= clock_timestamp()
            AND (c.published IS NOT NULL OR c.not_before < clock_timestamp() - interval '1 second')
          ORDER BY c.created, c.position LIMIT $5::int FOR NO KEY UPDATE OF c SKIP LOCKED) c
    WINDOW place AS (ORDER BY c.created, c.position ROWS UNBOUNDED PRECEDING)
), taken AS (
    UPDATE ledger.task t
    SET state = 'running', attempt = t.attempt + 1, lease_owner = $1::text, progress = NULL,
        lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    FROM longest WHERE t.id = longest.id AND (longest.place = 1 OR longest.new)
    RETURNING t.*
), begun AS (
    INSERT INTO ledger.attempt (task, attempt, worker, host, claimed_with, begun)
    SELECT id, attempt, $1::text, $3::text, count(*) OVER (), CASE WHEN count(*) OVER () = 1 THEN clock_timestamp() END FROM taken
)
SELECT id, run, kind, attempt, spec, settings_run, repair, encode(key, 'hex'), failures, array_to_string(position, ' ')
FROM taken, set_config('synchronous_commit', 'off', true) -- a claim that a crash undoes did not happen: its fence holds
ORDER BY created, position
