-- Outcomes of gates, in the order of the definition. $1 task, $2 gates, $3 left, $4 right (NaN: none), $5 passed, $6 reasons
INSERT INTO ledger.verdict (task, ordinal, gate, left_value, right_value, passed, reason)
SELECT $1::uuid, n.ordinal - 1, n.gate, nullif(n.left_value, 'NaN'), nullif(n.right_value, 'NaN'), n.passed, n.reason
FROM unnest($2::text[], $3::float8[], $4::float8[], $5::boolean[], $6::text[])
     WITH ORDINALITY AS n (gate, left_value, right_value, passed, reason, ordinal)
ON CONFLICT DO NOTHING
