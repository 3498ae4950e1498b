-- The newest values of what a running training left. $1 run, $2 model
SELECT DISTINCT ON (k.name) k.name, m.step, m.value
FROM ledger.task t JOIN ledger.metric m ON m.task = t.id JOIN ledger.metric_key k ON k.id = m.key
WHERE t.run = $1::uuid AND t.kind = 'train.fit' AND t.spec->>'model' = $2::text ORDER BY k.name, m.step DESC
