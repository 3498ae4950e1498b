-- Documents that a task left out. $1 task, $2 documents, $3 bytes, $4 rules, $5 values, $6 thresholds
INSERT INTO ledger.set_aside (task, document, bytes, rule, value, threshold)
SELECT $1::uuid, n.document, n.bytes, n.rule, n.value, n.threshold
FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::float8[], $6::float8[]) AS n (document, bytes, rule, value, threshold)
ON CONFLICT DO NOTHING
