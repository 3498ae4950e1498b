-- Scores of a run on the held-out documents, and what the work for each cost. $1 run
SELECT e.subject, e.metric, e.value, e.low, e.high, t.kind,
    coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.task = coalesce(t.reused_from, t.id)), 0)::float8
FROM ledger.task t JOIN ledger.evaluation e ON e.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND NOT t.repair AND t.kind IN ('evaluate.score', 'evaluate.baseline') ORDER BY t.kind DESC, e.subject
