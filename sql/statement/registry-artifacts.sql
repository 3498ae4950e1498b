-- Every artifact that should be in the store, and which kind of task of which run made it.
SELECT a.digest, a.bytes, t.kind, t.run
FROM ledger.artifact a LEFT JOIN ledger.task t ON t.id = a.task
WHERE a.removed IS NULL ORDER BY a.digest
