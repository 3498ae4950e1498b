-- What a task made, or the one that it reuses. $1 task
SELECT o.role, o.ordinal, encode(o.artifact, 'hex')
FROM ledger.task t JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
WHERE t.id = $1::uuid ORDER BY o.role, o.ordinal
