-- One row per model: versions, what is in production and how good it is, the newest version, what all cost.
SELECT m.name AS model, count(v.id) AS versions, p.version AS production,
       (SELECT r.bits_per_byte FROM report.model r WHERE r.model = m.name AND r.version = p.version) AS bits_per_byte,
       max(v.version) AS newest,
       (array_agg(v.state ORDER BY v.version DESC))[1] AS newest_state, c.amount, c.currency, p.since
FROM ledger.model m
LEFT JOIN ledger.model_version v ON v.model = m.id
LEFT JOIN report.alias p ON p.model = m.name AND p.alias = 'production'
LEFT JOIN LATERAL (
    SELECT sum(x.amount) AS amount, x.currency FROM report.run_cost x
    WHERE x.run IN (SELECT run FROM ledger.model_version WHERE model = m.id) GROUP BY x.currency ORDER BY 1 DESC LIMIT 1
) c ON true
GROUP BY m.id, p.version, p.since, c.amount, c.currency
ORDER BY m.name
