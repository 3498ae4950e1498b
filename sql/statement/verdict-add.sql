-- Outcomes of gates, in the order of the definition. $1 task, $2 gates, $3 reasons, $4 left, $5 right (NaN: none), $6 passed
INSERT INTO ledger.verdict (task, ordinal, gate, left_value, right_value, passed, reason)
SELECT $1::uuid, n.ordinal - 1, n.gate, nullif(n.left_value, 'NaN'), nullif(n.right_value, 'NaN'), n.passed, n.reason
FROM unnest($2::text[], $3::text[], $4::float8[], $5::float8[], $6::boolean[])
     WITH ORDINALITY AS n (gate, reason, left_value, right_value, passed, ordinal)
ON CONFLICT DO NOTHING
