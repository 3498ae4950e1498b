-- The relay hears of it when the transaction commits. $1 tasks or NULL, $2 topics, $3 keys, $4 payloads
WITH added AS (
    INSERT INTO ledger.outbox (task, topic, key, payload)
    SELECT n.task, n.topic, n.key, n.payload
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS n (task, topic, key, payload, place) ORDER BY n.place
)
SELECT pg_notify('outbox', '')
