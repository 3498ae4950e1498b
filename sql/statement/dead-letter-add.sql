-- A message that comes again is not buried twice; no row then.
-- $1 task or NULL, $2 topic, $3 partition, $4 offset, $5 reason, $6 error, $7 payload in hex or NULL, $8 host
INSERT INTO ledger.dead_letter (task, topic, kafka_partition, kafka_offset, reason, error, payload, host)
SELECT $1::uuid, $2::text, $3::int, $4::bigint, $5::text, $6::text, decode($7::text, 'hex'), $8::text
WHERE NOT EXISTS (SELECT FROM ledger.dead_letter d WHERE d.topic = $2::text AND d.kafka_partition = $3::int
                  AND d.kafka_offset = $4::bigint AND d.payload = decode($7::text, 'hex'))
RETURNING id
