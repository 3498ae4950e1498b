-- The version that an alias of a model points to. $1 model, $2 alias
SELECT v.version, encode(v.weights, 'hex'), encode(v.config, 'hex'), encode(v.tokenizer, 'hex')
FROM ledger.model m
JOIN LATERAL (SELECT e.to_version FROM ledger.alias_event e
              WHERE e.model = m.id AND e.alias = $2::text ORDER BY e.seq DESC LIMIT 1) a ON true
JOIN ledger.model_version v ON v.id = a.to_version
WHERE m.name = $1::text
