-- What became of the documents that a text names: an id, the SHA-256 of a text, a path, SOURCE:end of a path, or
-- SOURCE:KEY and SOURCE:end of a path#KEY, where records have a key of their own (document_id() makes the id of it).
-- $1 text
WITH named AS (
    SELECT split_part($1::text, ':', 1) AS source, substring($1::text FROM position(':' IN $1::text) + 1) AS rest
), keyed AS (
    SELECT source, CASE WHEN rest LIKE '%#%' THEN split_part(rest, '#', 1) END AS file,
           CASE WHEN rest LIKE '%#%' THEN substring(rest FROM position('#' IN rest) + 1) ELSE rest END AS key
    FROM named
), found AS (
    SELECT d.shard, d.position FROM ledger.document d
    WHERE $1::text ~ '^[0-9a-f]{32}$' AND d.id = (CASE WHEN $1::text ~ '^[0-9a-f]{32}$' THEN $1::text END)::uuid
    UNION
    SELECT d.shard, d.position FROM ledger.document d
    WHERE $1::text ~ '^[0-9a-fA-F]{64}$'
      AND d.content = CASE WHEN $1::text ~ '^[0-9a-fA-F]{64}$' THEN decode($1::text, 'hex') END
    UNION
    SELECT d.shard, d.position FROM ledger.item i JOIN ledger.document d ON d.item = i.id WHERE i.uri = $1::text
    UNION
    SELECT d.shard, d.position
    FROM named n JOIN ledger.source s ON s.name = n.source JOIN ledger.item i ON i.source = s.id
    JOIN ledger.document d ON d.item = i.id
    WHERE n.rest <> '' AND (i.uri = n.rest OR right(i.uri, length(n.rest) + 1) = '/' || n.rest)
    UNION
    SELECT d.shard, d.position
    FROM keyed k JOIN ledger.source s ON s.name = k.source JOIN ledger.item i ON i.source = s.id
    JOIN ledger.document d ON d.id = encode(substring(sha256(
        convert_to(s.name, 'UTF8') || '\x00'::bytea || convert_to(i.uri || '#' || k.key, 'UTF8') || '\x0030'::bytea
    ) FOR 16), 'hex')::uuid
    WHERE k.key <> '' AND (coalesce(k.file, '') = '' OR i.uri = k.file OR right(i.uri, length(k.file) + 1) = '/' || k.file)
)
SELECT DISTINCT u.document, u.source, u.uri, u.ordinal, u.outcome, u.rule, u.value, u.threshold, u.duplicate_of, u.shard,
       u.shard_row, u.split, u.dataset || ' v' || u.dataset_version AS dataset,
       (SELECT string_agg(m.name || ' v' || v.version || coalesce(' (' || (
                    SELECT string_agg(a.alias, ', ') FROM report.alias a WHERE a.model = m.name AND a.version = v.version
                ) || ')', '') || coalesce(', but set aside (' || (
                    SELECT min(x.rule) FROM report.set_aside x
                    WHERE x.document = u.document AND x.run = v.run AND x.kind = 'tokenize.encode'
                ) || ')', ''), ', ' ORDER BY m.name, v.version)
        FROM ledger.model_version v JOIN ledger.model m ON m.id = v.model JOIN ledger.dataset_version dv ON dv.id = v.dataset_version
        JOIN ledger.dataset ds ON ds.id = dv.dataset
        WHERE u.outcome = 'kept' AND ds.name = u.dataset AND dv.version = u.dataset_version) AS models,
       t.run, u.content
FROM (
    SELECT replace(d.id::text, '-', '') AS document, src.name AS source, i.uri, d.ordinal, d.content, d.split,
           CASE WHEN d.rule IS NOT NULL THEN 'dropped' WHEN dup.document IS NOT NULL THEN 'duplicate' ELSE 'kept' END AS outcome,
           d.rule, d.value, d.threshold, replace(dup.duplicate_of::text, '-', '') AS duplicate_of,
           s.artifact AS shard, d.shard_row, s.task,
           CASE WHEN d.rule IS NULL THEN ds.name END AS dataset, CASE WHEN d.rule IS NULL THEN dv.version END AS dataset_version
    FROM found f
    JOIN ledger.document d USING (shard, position)
    JOIN ledger.shard s ON s.id = d.shard
    JOIN ledger.item i ON i.id = d.item
    JOIN ledger.source src ON src.id = i.source
    LEFT JOIN ledger.dataset_member dm ON dm.shard = s.id
    LEFT JOIN ledger.dataset_version dv ON dv.id = dm.dataset_version
    LEFT JOIN ledger.dataset ds ON ds.id = dv.dataset
    LEFT JOIN ledger.duplicate dup ON dup.dataset_version = dv.id AND dup.document = d.id AND d.rule IS NULL
) u
JOIN ledger.task t ON t.id = u.task
ORDER BY u.source, u.uri, u.ordinal, u.document, dataset
