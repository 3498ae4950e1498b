-- $1 task
SELECT i.role, i.ordinal, encode(i.artifact, 'hex'), a.bytes
FROM ledger.task_input i JOIN ledger.artifact a ON a.digest = i.artifact
WHERE i.task = $1::uuid ORDER BY i.role, i.ordinal
