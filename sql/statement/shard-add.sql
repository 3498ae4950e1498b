-- The clean shards that tasks made; no row where a key has one. $1 tasks, $2 keys, $3 sources, $4 documents, $5 kept, $6 bytes kept
INSERT INTO ledger.shard (key, task, source, artifact, documents, kept, kept_bytes)
SELECT DISTINCT ON (n.key) n.key, n.task, (SELECT s.id FROM ledger.source s WHERE s.name = n.source),
       (SELECT o.artifact FROM ledger.task_output o WHERE o.task = n.task AND o.role = 'clean' AND o.ordinal = 0),
       n.documents, n.kept, n.kept_bytes
FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS n (task, key, source, documents, kept, kept_bytes)
ORDER BY n.key
ON CONFLICT (key) DO NOTHING
RETURNING task, id
