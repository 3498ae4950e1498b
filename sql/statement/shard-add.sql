-- The clean shard that a task made; no row where its key has one. $1 task, $2 key, $3 source, $4 documents, $5 kept, $6 bytes kept
INSERT INTO ledger.shard (key, task, source, artifact, documents, kept, kept_bytes)
SELECT $2::bytea, $1::uuid, s.id, o.artifact, $4::bigint, $5::bigint, $6::bigint
FROM ledger.source s, ledger.task_output o
WHERE s.name = $3::text AND o.task = $1::uuid AND o.role = 'clean' AND o.ordinal = 0
ON CONFLICT (key) DO NOTHING
RETURNING id
