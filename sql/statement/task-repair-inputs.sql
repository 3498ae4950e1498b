-- $1 the repairing task, $2 artifact
INSERT INTO ledger.task_input (task, role, ordinal, artifact)
SELECT $1::uuid, i.role, i.ordinal, i.artifact FROM ledger.task_input i
WHERE i.task = (SELECT t.id FROM ledger.task_output o JOIN ledger.task t ON t.id = o.task
                WHERE o.artifact = $2::bytea AND t.state = 'done' AND t.id <> $1::uuid ORDER BY t.finished DESC LIMIT 1)
