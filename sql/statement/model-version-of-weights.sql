-- Whether a model has a version with these weights. $1 model, $2 weights
SELECT v.version, v.state FROM ledger.model m JOIN ledger.model_version v ON v.model = m.id
WHERE m.name = $1::text AND v.weights = $2::bytea ORDER BY v.version DESC LIMIT 1
