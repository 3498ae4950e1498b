-- The relay hears of it when the transaction commits. $1 task or NULL, $2 topic, $3 key, $4 payload
INSERT INTO ledger.outbox (task, topic, key, payload) VALUES ($1::uuid, $2::text, $3::text, $4::text)
RETURNING pg_notify('outbox', '')
