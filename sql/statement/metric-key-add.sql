-- Names of metrics that are not known yet. $1 names
INSERT INTO ledger.metric_key (name)
SELECT DISTINCT n.name FROM unnest($1::text[]) AS n (name)
WHERE NOT EXISTS (SELECT FROM ledger.metric_key k WHERE k.name = n.name)
ORDER BY n.name
ON CONFLICT DO NOTHING
