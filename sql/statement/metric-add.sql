-- Points of series; those that are there stay as they are. $1 task, $2 names, $3 steps, $4 values
INSERT INTO ledger.metric (task, key, step, value)
SELECT $1::uuid, k.id, n.step, n.value
FROM unnest($2::text[], $3::bigint[], $4::float8[]) AS n (name, step, value)
JOIN ledger.metric_key k ON k.name = n.name
ON CONFLICT DO NOTHING
