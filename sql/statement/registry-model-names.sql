-- All models: id and name.
SELECT id, name FROM ledger.model ORDER BY name
