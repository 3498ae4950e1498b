-- Data: what became of each document, why documents were dropped, how the data change from run to run.

CREATE VIEW report.document_use AS
SELECT replace(d.id::text, '-', '') AS document, src.name AS source, i.uri, d.ordinal, d.content, d.bytes, d.split,
       CASE WHEN d.rule IS NOT NULL THEN 'dropped' WHEN dup.document IS NOT NULL THEN 'duplicate'
            WHEN aside.rule IS NOT NULL THEN 'set aside' ELSE 'kept' END AS outcome,
       coalesce(d.rule, aside.rule) AS rule, coalesce(d.value, aside.value) AS value,
       coalesce(d.threshold, aside.threshold) AS threshold, replace(dup.duplicate_of::text, '-', '') AS duplicate_of,
       s.artifact AS shard, d.shard_row, s.task, s.created AS cleaned,
       ds.name AS dataset, dv.version AS dataset_version,
       CASE WHEN d.rule IS NULL AND dup.document IS NULL AND aside.rule IS NULL THEN m.name END AS model,
       CASE WHEN d.rule IS NULL AND dup.document IS NULL AND aside.rule IS NULL THEN mv.version END AS model_version
FROM ledger.document d
JOIN ledger.shard s ON s.id = d.shard
JOIN ledger.item i ON i.id = d.item
JOIN ledger.source src ON src.id = i.source
LEFT JOIN ledger.dataset_member dm ON dm.shard = s.id
LEFT JOIN ledger.dataset_version dv ON dv.id = dm.dataset_version
LEFT JOIN ledger.dataset ds ON ds.id = dv.dataset
LEFT JOIN ledger.duplicate dup ON dup.dataset_version = dv.id AND dup.document = d.id AND d.rule IS NULL
LEFT JOIN ledger.model_version mv ON mv.dataset_version = dv.id
LEFT JOIN ledger.model m ON m.id = mv.model
LEFT JOIN LATERAL (
    SELECT a.rule, a.value, a.threshold FROM ledger.set_aside a
    JOIN ledger.task t ON (t.id = a.task OR t.reused_from = a.task) AND t.run = mv.run AND t.kind = 'tokenize.encode'
    WHERE a.document = d.id AND d.rule IS NULL AND dup.document IS NULL LIMIT 1
) aside ON true;
COMMENT ON VIEW report.document_use IS
    'What became of a document: one row per dataset version and model version that it was offered to. Ask by document, uri or content.';

CREATE VIEW report.set_aside AS
SELECT t.run, p.name AS pipeline, t.kind, t.id AS task, replace(a.document::text, '-', '') AS document, d.source, d.uri,
       d.ordinal, a.bytes, a.rule, a.value, a.threshold
FROM ledger.set_aside a
JOIN ledger.task t ON t.id = a.task OR t.reused_from = a.task
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
LEFT JOIN LATERAL (
    SELECT src.name AS source, i.uri, d.ordinal
    FROM ledger.document d JOIN ledger.item i ON i.id = d.item JOIN ledger.source src ON src.id = i.source
    WHERE d.id = a.document ORDER BY d.shard DESC LIMIT 1
) d ON true
WHERE NOT t.repair;
COMMENT ON VIEW report.set_aside IS
    'Documents that tasks of tokenizing and evaluation left out, as they crashed, hung or exhausted the process that worked on them.';

CREATE VIEW report.drop_reason AS
SELECT t.run, p.name AS pipeline, src.name AS source, d.rule, count(*) AS documents, sum(d.bytes)::bigint AS bytes,
       min(d.value) AS least, max(d.value) AS most, min(d.threshold) AS threshold
FROM ledger.task t
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
JOIN ledger.shard s ON s.key = t.key
JOIN ledger.source src ON src.id = s.source
JOIN ledger.document d ON d.shard = s.id AND d.rule IS NOT NULL
WHERE t.kind = 'clean.shard' AND NOT t.repair
GROUP BY t.run, p.name, src.name, d.rule
UNION ALL
SELECT t.run, p.name, src.name, 'duplicate', count(*), sum(d.bytes)::bigint, NULL, NULL, NULL
FROM ledger.task t
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id) AND o.role = 'dataset'
JOIN ledger.dataset_version v ON v.root = o.artifact
JOIN ledger.dataset_member dm ON dm.dataset_version = v.id
JOIN ledger.shard s ON s.id = dm.shard
JOIN ledger.source src ON src.id = s.source
JOIN ledger.document d ON d.shard = s.id AND d.rule IS NULL
JOIN ledger.duplicate dup ON dup.dataset_version = v.id AND dup.document = d.id
WHERE t.kind = 'clean.dedup' AND NOT t.repair
GROUP BY t.run, p.name, src.name
UNION ALL
SELECT a.run, a.pipeline, a.source, 'encode.' || a.rule, count(*), sum(a.bytes)::bigint, min(a.value), max(a.value),
       min(a.threshold)
FROM report.set_aside a
WHERE a.kind = 'tokenize.encode'
GROUP BY a.run, a.pipeline, a.source, a.rule;
COMMENT ON VIEW report.drop_reason IS
    'Why documents were left out, per run, source and rule; duplicates among them, and what ended the process that encoded it.';

CREATE VIEW report.data_drift AS
SELECT run, pipeline, started, source, documents, kept, round(100.0 * kept / nullif(documents, 0), 2) AS kept_percent,
       kept_bytes, round(kept_bytes::numeric / nullif(kept, 0), 1) AS mean_bytes,
       documents - lag(documents) OVER w AS documents_change, kept - lag(kept) OVER w AS kept_change,
       shards, shards_made
FROM (
    SELECT r.id AS run, p.name AS pipeline, r.created AS started, s.source, sum(s.documents)::bigint AS documents, sum(s.kept)::bigint AS kept,
           sum(s.kept_bytes)::bigint AS kept_bytes, count(*) AS shards, count(*) FILTER (WHERE s.made) AS shards_made
    FROM report.run_shard s JOIN ledger.run r ON r.id = s.run JOIN ledger.pipeline p ON p.id = r.pipeline
    GROUP BY r.id, p.name, r.created, s.source
) per_source
WINDOW w AS (PARTITION BY pipeline, source ORDER BY started);
COMMENT ON VIEW report.data_drift IS 'How much each source gave from run to run, and how much of it was kept.';

CREATE VIEW report.item AS
SELECT s.name AS source, i.uri, i.bytes, i.mtime, i.digest, i.error, i.first_run, i.last_run, i.first_seen, i.last_seen
FROM ledger.item i JOIN ledger.source s ON s.id = i.source;
COMMENT ON VIEW report.item IS 'The files that the sources listed, as they were when a run last saw them.';

CREATE VIEW report.audit AS
SELECT e.seq, e.at, e.actor, e.action, e.object, e.before, e.after,
       e.hash = ledger.audit_hash(e) AND e.previous = coalesce(lag(e.hash) OVER (ORDER BY e.seq), sha256('')) AS intact
FROM ledger.audit_event e;
COMMENT ON VIEW report.audit IS 'Who did what. A row is intact when its hash is right and it follows the row before it.';
