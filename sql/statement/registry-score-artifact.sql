-- The score of a run's own model, with its samples. $1 run, $2 model
SELECT o.artifact
FROM ledger.task t JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id) AND o.role = 'score'
WHERE t.run = $1::uuid AND t.kind = 'evaluate.score' AND t.spec ->> 'model' = $2::text AND t.spec ->> 'version' IS NULL
  AND NOT t.repair
