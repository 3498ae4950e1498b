-- Which models, and which aliases, would have to be trained again if a source had to be forgotten?
SELECT s.model, s.version, string_agg(DISTINCT a.alias, ', ') AS aliases, sum(DISTINCT s.kept) AS documents
FROM report.model_shard s
LEFT JOIN report.alias a ON a.model = s.model AND a.version = s.version
WHERE s.source = 'manual'
GROUP BY s.model, s.version
ORDER BY s.model, s.version;
