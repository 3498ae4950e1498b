-- What a task whose run was ended left to go on from becomes that of another like it, with what it measured until then; of several
-- that want it one gets it. Only the holder of the lease may. $1 task, $2 attempt, $3 worker, $4 the task before
WITH held AS MATERIALIZED (
    SELECT id FROM ledger.task WHERE id = $1::uuid AND attempt = $2::int AND lease_owner = $3::text AND state = 'running' FOR NO KEY UPDATE
), taken AS (
    DELETE FROM ledger.checkpoint c USING held WHERE c.task = $4::uuid RETURNING c.*
), kept AS (
    INSERT INTO ledger.checkpoint (task, step, artifact, bytes)
    SELECT held.id, taken.step, taken.artifact, taken.bytes FROM held, taken ON CONFLICT (task) DO NOTHING
), measured AS (
    INSERT INTO ledger.metric (task, key, step, value)
    SELECT held.id, m.key, m.step, m.value FROM held, taken JOIN ledger.metric m ON m.task = taken.task AND m.step <= taken.step
    ON CONFLICT DO NOTHING
)
SELECT step FROM taken
