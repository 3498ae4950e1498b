-- A series that the training of a model left, in at most 400 points. $1 run, $2 model, $3 key
SELECT avg(n.value) FROM (
    SELECT m.value, m.step, ntile(400) OVER (ORDER BY m.step) AS part
    FROM ledger.task t JOIN ledger.metric m ON m.task = coalesce(t.reused_from, t.id) JOIN ledger.metric_key k ON k.id = m.key
    WHERE t.run = $1::uuid AND t.kind = 'train.fit' AND t.spec->>'model' = $2::text AND k.name = $3::text) n
GROUP BY n.part ORDER BY min(n.step)
