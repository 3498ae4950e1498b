-- A version of a model by number, by alias, or (NULL) production, else the newest. $1 model, $2 selector
SELECT v.version, v.id, v.run, v.state, v.weights, v.config, v.tokenizer, d.root,
       (SELECT string_agg(a.alias, ', ' ORDER BY a.alias) FROM report.alias a
        WHERE a.model = m.name AND a.version = v.version) AS aliases
FROM ledger.model m
JOIN ledger.model_version v ON v.model = m.id
JOIN ledger.dataset_version d ON d.id = v.dataset_version
WHERE m.id = $1::bigint
  AND v.version = CASE
      WHEN $2::text ~ '^v?[0-9]{1,9}$' THEN ltrim($2::text, 'v')::int
      WHEN $2::text IS NOT NULL THEN (SELECT a.version FROM report.alias a WHERE a.model = m.name AND a.alias = $2::text)
      ELSE coalesce((SELECT a.version FROM report.alias a WHERE a.model = m.name AND a.alias = 'production'),
                    (SELECT max(x.version) FROM ledger.model_version x WHERE x.model = m.id)) END
