-- Takes tasks and begins their attempts; no row for one that is not to be had. The attempt counts from here.
-- $1 worker, $2 lease in ms, $3 host, $4 stage, $5 tasks
WITH held AS MATERIALIZED ( -- whoever locks several tasks does so in the order of their ids
    SELECT id FROM ledger.task WHERE id = ANY ($5::uuid[]) ORDER BY id FOR NO KEY UPDATE
), taken AS (
    UPDATE ledger.task t
    SET state = 'running', attempt = attempt + 1, lease_owner = $1::text, progress = NULL,
        lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    FROM held
    WHERE t.id = held.id -- by this and nothing else: without statistics the index of what is ready looks as good
      AND (t.stage = $4::text AND t.state = 'ready' AND t.not_before <= clock_timestamp()) IS TRUE
      AND EXISTS (SELECT FROM ledger.run r WHERE r.id = t.run AND r.state = 'running')
    RETURNING t.*
), begun AS (
    INSERT INTO ledger.attempt (task, attempt, worker, host, claimed_with, begun)
    SELECT id, attempt, $1::text, $3::text, count(*) OVER (), CASE WHEN count(*) OVER () = 1 THEN clock_timestamp() END FROM taken
)
SELECT id, run, kind, attempt, spec, settings_run, repair, encode(key, 'hex'), failures, array_to_string(position, ' ')
FROM taken, set_config('synchronous_commit', 'off', true) -- a claim that a crash undoes did not happen: its fence holds
ORDER BY created, position
