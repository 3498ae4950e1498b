-- The version that an alias of a model points to, and the run it came from. $1 model, $2 alias
SELECT v.version, v.run FROM ledger.model m
JOIN ledger.alias_event e ON e.model = m.id AND e.alias = $2::text JOIN ledger.model_version v ON v.id = e.to_version
WHERE m.name = $1::text ORDER BY e.seq DESC LIMIT 1
