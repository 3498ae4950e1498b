-- Artifacts that a kind of task made in a run, in a role. $1 run, $2 kind, $3 role
SELECT encode(o.artifact, 'hex'), t.spec
FROM ledger.task t JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND t.kind = $2::text AND o.role = $3::text AND NOT t.repair ORDER BY t.position, o.ordinal
