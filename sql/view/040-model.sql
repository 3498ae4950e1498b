-- Models: versions, aliases now and on any date, and all that a model was made of.

CREATE VIEW report.alias AS
SELECT DISTINCT ON (e.model, e.alias) m.name AS model, e.alias, v.version, e.at AS since, e.actor, e.reason
FROM ledger.alias_event e
JOIN ledger.model m ON m.id = e.model
JOIN ledger.model_version v ON v.id = e.to_version
ORDER BY e.model, e.alias, e.seq DESC;
COMMENT ON VIEW report.alias IS 'What every alias means now.';

-- Runs with its owner's rights, as a view would.
CREATE FUNCTION report.alias_at(moment timestamptz)
RETURNS TABLE (model text, alias text, version int, since timestamptz, actor text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT DISTINCT ON (e.model, e.alias) m.name, e.alias, v.version, e.at, e.actor, e.reason
    FROM ledger.alias_event e
    JOIN ledger.model m ON m.id = e.model
    JOIN ledger.model_version v ON v.id = e.to_version
    WHERE e.at <= moment
    ORDER BY e.model, e.alias, e.seq DESC
$$;
COMMENT ON FUNCTION report.alias_at IS 'What every alias meant at a moment: select * from report.alias_at(''2026-11-23'').';

CREATE VIEW report.alias_history AS
SELECT m.name AS model, e.alias, e.kind, f.version AS from_version, t.version AS to_version, e.at, e.actor, e.reason, e.seq
FROM ledger.alias_event e
JOIN ledger.model m ON m.id = e.model
JOIN ledger.model_version t ON t.id = e.to_version
LEFT JOIN ledger.model_version f ON f.id = e.from_version;
COMMENT ON VIEW report.alias_history IS 'Every move of an alias: releases, promotions, rollbacks.';

CREATE VIEW report.model AS
SELECT m.name AS model, v.version, v.state,
       (SELECT string_agg(a.alias, ', ' ORDER BY a.alias) FROM report.alias a
        WHERE a.model = m.name AND a.version = v.version) AS aliases,
       v.created, v.parameters, q.value AS bits_per_byte, q.low, q.high,
       d.name AS dataset, dv.version AS dataset_version, dv.documents, dv.bytes,
       c.amount, c.currency, v.run, v.weights, v.config, v.tokenizer, dv.root AS dataset_root, v.reason, v.id
FROM ledger.model_version v
JOIN ledger.model m ON m.id = v.model
JOIN ledger.dataset_version dv ON dv.id = v.dataset_version
JOIN ledger.dataset d ON d.id = dv.dataset
LEFT JOIN LATERAL (
    SELECT e.value, e.low, e.high FROM report.evaluation e
    WHERE e.run = v.run AND e.kind = 'evaluate.score' AND e.subject = m.name AND e.metric = 'bits_per_byte' LIMIT 1
) q ON true
LEFT JOIN LATERAL (
    SELECT sum(c.amount) AS amount, c.currency
    FROM ledger.charge c JOIN (
        SELECT made.id FROM ledger.task t JOIN ledger.task made ON made.key = t.key AND made.state = 'done' WHERE t.run = v.run
        UNION SELECT made.id FROM ledger.task t JOIN ledger.task made ON made.key = t.key AND made.state IN ('failed', 'cancelled')
        WHERE t.run = v.run
    ) made ON made.id = c.task
    GROUP BY c.currency ORDER BY 1 DESC LIMIT 1
) c ON true;
COMMENT ON VIEW report.model IS 'Every model version, its score and what all the work behind it cost, reused work included.';

CREATE VIEW report.model_shard AS
SELECT m.name AS model, v.version, dm.ordinal, s.id AS shard, s.artifact AS digest, src.name AS source, src.licence, src.basis,
       s.documents, s.kept, s.kept_bytes, dm.drop_list
FROM ledger.model_version v
JOIN ledger.model m ON m.id = v.model
JOIN ledger.dataset_member dm ON dm.dataset_version = v.dataset_version
JOIN ledger.shard s ON s.id = dm.shard
JOIN ledger.source src ON src.id = s.source;
COMMENT ON VIEW report.model_shard IS 'The clean shards that a model version learned from.';

CREATE VIEW report.model_lineage AS
SELECT m.name AS model, v.version, part.rank, part.what, part.name, part.digest, part.documents, part.bytes
FROM ledger.model_version v
JOIN ledger.model m ON m.id = v.model
JOIN ledger.dataset_version dv ON dv.id = v.dataset_version
JOIN ledger.dataset d ON d.id = dv.dataset
JOIN ledger.run r ON r.id = v.run
CROSS JOIN LATERAL (
    SELECT 1 AS rank, 'run' AS what, r.id::text AS name, r.definition AS digest, NULL::bigint AS documents, NULL::bigint AS bytes
    UNION ALL SELECT 2, 'weights', v.parameters || ' parameters', v.weights, NULL, (SELECT bytes FROM ledger.artifact WHERE digest = v.weights)
    UNION ALL SELECT 3, 'tokenizer', coalesce((SELECT vocabulary || ' tokens' FROM ledger.tokenizer t WHERE t.digest = v.tokenizer), 'given'),
                     v.tokenizer, NULL, (SELECT bytes FROM ledger.artifact WHERE digest = v.tokenizer)
    UNION ALL SELECT 4, 'dataset', d.name || ' v' || dv.version, dv.root, dv.documents, dv.bytes
    UNION ALL SELECT 5, 'source', src.name || coalesce(' (' || src.licence || ')', ''), NULL, sum(s.kept)::bigint, sum(s.kept_bytes)::bigint
              FROM ledger.dataset_member dm JOIN ledger.shard s ON s.id = dm.shard JOIN ledger.source src ON src.id = s.source
              WHERE dm.dataset_version = dv.id GROUP BY src.id
    UNION ALL SELECT 6, 'shard', src.name || ' ' || dm.ordinal, s.artifact, s.kept, s.kept_bytes
              FROM ledger.dataset_member dm JOIN ledger.shard s ON s.id = dm.shard JOIN ledger.source src ON src.id = s.source
              WHERE dm.dataset_version = dv.id
) part;
COMMENT ON VIEW report.model_lineage IS 'Everything under a model version: run, weights, tokenizer, dataset, sources, shards.';

CREATE FUNCTION report.upstream(of_artifact bytea)
RETURNS TABLE (depth int, task uuid, kind text, role text, artifact bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH RECURSIVE up (depth, task, artifact, role) AS (
        SELECT 0, a.task, a.digest, 'self' FROM ledger.artifact a WHERE a.digest = of_artifact
        UNION
        SELECT up.depth + 1, a.task, i.artifact, i.role
        FROM up
        JOIN ledger.task_input i ON i.task = up.task
        JOIN ledger.artifact a ON a.digest = i.artifact
        WHERE up.depth < 50
    )
    SELECT min(up.depth), up.task, t.kind, up.role, up.artifact
    FROM up LEFT JOIN ledger.task t ON t.id = up.task
    GROUP BY up.task, t.kind, up.role, up.artifact
    ORDER BY 1, 3, 5
$$;
COMMENT ON FUNCTION report.upstream IS 'Every artifact that an artifact was made from, by way of the tasks, back to the sources.';
