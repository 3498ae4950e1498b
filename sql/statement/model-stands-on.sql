-- The artifacts of the versions that aliases of a run's models point to: what they consist of, what they were judged by, and
-- their provenance. $1 run
WITH aliased AS (
    SELECT v.* FROM ledger.model m
    JOIN LATERAL (SELECT DISTINCT ON (e.alias) e.to_version FROM ledger.alias_event e
                  WHERE e.model = m.id ORDER BY e.alias, e.seq DESC) a ON true
    JOIN ledger.model_version v ON v.id = a.to_version
    WHERE m.name IN (SELECT jsonb_array_elements_text(r.plan -> 'models') FROM ledger.run r WHERE r.id = $1::uuid)
)
SELECT encode(s.artifact, 'hex') FROM (
    SELECT x.artifact FROM aliased v, LATERAL (VALUES (v.weights), (v.config), (v.tokenizer)) x (artifact)
    UNION SELECT o.artifact FROM aliased v JOIN ledger.task_output o ON o.task = v.task
    UNION SELECT o.artifact FROM aliased v JOIN ledger.task t ON t.run = v.run AND t.kind LIKE 'evaluate.%' AND NOT t.repair
          JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
) s ORDER BY s.artifact
