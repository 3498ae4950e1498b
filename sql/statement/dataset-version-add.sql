-- The version whose manifest a task made; no row where its root is known. $1 dataset, $2 task, $3 run, $4 ids of duplicates
WITH member AS (
    SELECT DISTINCT ON (i.ordinal) i.ordinal, s.id, s.kept, s.kept_bytes
    FROM ledger.task_input i
    JOIN ledger.shard s ON s.artifact = i.artifact
    JOIN ledger.task t ON t.key = s.key AND t.run = $3::uuid
    WHERE i.task = $2::uuid AND i.role = 'clean'
    ORDER BY i.ordinal, s.id
), duplicate AS (
    SELECT count(*) AS documents, coalesce(sum(d.bytes), 0) AS bytes
    FROM unnest($4::uuid[]) AS n (id)
    JOIN ledger.document d ON d.id = n.id AND d.shard_row IS NOT NULL AND d.shard IN (SELECT id FROM member)
)
INSERT INTO ledger.dataset_version (dataset, version, root, run, task, documents, bytes, duplicates, parent)
SELECT $1::bigint,
       (SELECT coalesce(max(version), 0) + 1 FROM ledger.dataset_version WHERE dataset = $1::bigint),
       o.artifact, $3::uuid, $2::uuid,
       (SELECT coalesce(sum(kept), 0) FROM member) - d.documents,
       (SELECT coalesce(sum(kept_bytes), 0) FROM member) - d.bytes,
       d.documents,
       (SELECT id FROM ledger.dataset_version WHERE dataset = $1::bigint ORDER BY version DESC LIMIT 1)
FROM ledger.task_output o, duplicate d
WHERE o.task = $2::uuid AND o.role = 'dataset' AND o.ordinal = 0
ON CONFLICT (root) DO NOTHING
RETURNING id
