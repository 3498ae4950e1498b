-- $1 task, $2 roles, $3 ordinals, $4 artifacts in hex
INSERT INTO ledger.task_output (task, role, ordinal, artifact)
SELECT $1::uuid, n.role, n.ordinal, decode(n.artifact, 'hex')
FROM unnest($2::text[], $3::bigint[], $4::text[]) AS n (role, ordinal, artifact)
