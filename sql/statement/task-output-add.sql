-- $1 tasks, $2 roles, $3 ordinals, $4 artifacts in hex
INSERT INTO ledger.task_output (task, role, ordinal, artifact)
SELECT n.task, n.role, n.ordinal, decode(n.artifact, 'hex')
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS n (task, role, ordinal, artifact)
