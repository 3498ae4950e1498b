-- Scores. $1 task, $2 subjects, $3 metrics, $4 values, $5 lows, $6 highs (NaN: no interval)
INSERT INTO ledger.evaluation (task, subject, metric, value, low, high)
SELECT $1::uuid, n.subject, n.metric, n.value, nullif(n.low, 'NaN'), nullif(n.high, 'NaN')
FROM unnest($2::text[], $3::text[], $4::float8[], $5::float8[], $6::float8[])
     AS n (subject, metric, value, low, high)
ON CONFLICT DO NOTHING
