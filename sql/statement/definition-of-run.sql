-- The bytes that a run was started with, and its pipeline. $1 run
SELECT d.body, d.file, p.name FROM ledger.run r JOIN ledger.definition d ON d.digest = r.definition
JOIN ledger.pipeline p ON p.id = r.pipeline WHERE r.id = $1::uuid
