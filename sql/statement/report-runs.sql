-- The newest runs. $1 pipeline or NULL
SELECT r.id AS run, p.name AS pipeline, r.slot, r.state, r.created, r.finished,
    extract(epoch FROM coalesce(r.finished, clock_timestamp()) - r.created)::float8 AS seconds,
    coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.run = r.id), 0)::float8 AS cost,
    coalesce((SELECT min(c.currency) FROM ledger.charge c WHERE c.run = r.id), '') AS currency,
    coalesce((SELECT string_agg(m.name || ' v' || v.version || CASE v.state WHEN 'refused' THEN ' (refused)' ELSE '' END, ', ')
              FROM ledger.model_version v JOIN ledger.model m ON m.id = v.model WHERE v.run = r.id), '') AS models, r.error
FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
WHERE $1::text IS NULL OR p.name = $1::text ORDER BY r.created DESC LIMIT 50
