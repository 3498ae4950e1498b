-- Documents that a task left out. $1 task, $2 documents, $3 rules, $4 bytes, $5 values, $6 thresholds
INSERT INTO ledger.set_aside (task, document, bytes, rule, value, threshold)
SELECT $1::uuid, n.document, n.bytes, n.rule, n.value, n.threshold
FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::float8[], $6::float8[]) AS n (document, rule, bytes, value, threshold)
ON CONFLICT DO NOTHING
