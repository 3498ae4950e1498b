-- What the work behind a run cost by kind, reused work at what it cost when it was done. $1 run
SELECT t.kind, coalesce(sum(c.amount), 0)::float8
FROM ledger.task t LEFT JOIN ledger.charge c ON c.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND NOT t.repair GROUP BY 1
