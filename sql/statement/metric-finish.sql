-- The last and the least value of each series of a finished task. $1 task
INSERT INTO ledger.metric_last (task, key, step, value, least, points)
SELECT $1::uuid, key, max(step), (array_agg(value ORDER BY step DESC))[1], min(value), count(*)
FROM ledger.metric WHERE task = $1::uuid GROUP BY key
ON CONFLICT DO NOTHING
