-- Artifacts of which a store that is the ledger's has at least one, unless there are none.
SELECT encode(digest, 'hex') FROM ledger.artifact WHERE removed IS NULL ORDER BY digest LIMIT 1000
