-- The version that was refused before and has the weights that a run came to again, so that nothing was judged anew; none where
-- somebody promoted it. $1 run
SELECT m.name, v.version, v.reason FROM ledger.task t
JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id) AND o.role = 'weights'
JOIN ledger.model_version v ON v.weights = o.artifact JOIN ledger.model m ON m.id = v.model
WHERE t.run = $1::uuid AND t.kind = 'train.fit' AND v.state = 'refused' AND m.name = t.spec ->> 'model'
  AND NOT EXISTS (SELECT FROM ledger.alias_event e WHERE e.to_version = v.id)
ORDER BY v.created DESC LIMIT 1
