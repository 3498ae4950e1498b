-- The gates of a run. $1 run
SELECT v.gate, v.left_value, v.right_value, v.passed, v.reason
FROM ledger.task t JOIN ledger.verdict v ON v.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND NOT t.repair ORDER BY t.position, v.ordinal
