-- The artifacts of the versions that aliases of these models point to: what they consist of, what they were judged by, and
-- their provenance. $1 models
WITH aliased AS (
    SELECT v.* FROM ledger.model m
    JOIN LATERAL (SELECT DISTINCT ON (e.alias) e.to_version FROM ledger.alias_event e
                  WHERE e.model = m.id ORDER BY e.alias, e.seq DESC) a ON true
    JOIN ledger.model_version v ON v.id = a.to_version
    WHERE m.name = ANY ($1::text[])
)
SELECT encode(s.artifact, 'hex') FROM (
    SELECT x.artifact FROM aliased v, LATERAL (VALUES (v.weights), (v.config), (v.tokenizer)) x (artifact)
    UNION SELECT o.artifact FROM aliased v JOIN ledger.task_output o ON o.task = v.task
    UNION SELECT o.artifact FROM aliased v JOIN ledger.task t ON t.run = v.run AND t.kind LIKE 'evaluate.%' AND NOT t.repair
          JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
) s ORDER BY s.artifact
