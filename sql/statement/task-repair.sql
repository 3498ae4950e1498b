-- Does the task again that made an artifact which is gone; no row where that is under way. $1 id, $2 run, $3 artifact
INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, repair, settings_run)
SELECT $1::uuid, $2::uuid, t.kind, t.position, t.key, t.key_text, t.spec, 'ready', true, t.settings_run
FROM ledger.task_output o JOIN ledger.task t ON t.id = o.task
WHERE o.artifact = $3::bytea AND t.state = 'done' ORDER BY t.finished DESC LIMIT 1
ON CONFLICT DO NOTHING RETURNING id, kind
