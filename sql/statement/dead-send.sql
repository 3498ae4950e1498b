-- A message that was set aside goes into the outbox once more; no row where it was sent already, is no message, or was too
-- long to be kept whole. $1 id, $2 who
WITH letter AS (
    UPDATE ledger.dead_letter d SET sent = clock_timestamp(), sent_by = $2::text
    WHERE d.id = $1::bigint AND d.sent IS NULL AND d.reason <> 'failed' AND d.topic IS NOT NULL
      AND octet_length(d.payload) < 4096
    RETURNING d.id, d.topic, d.payload
)
INSERT INTO ledger.outbox (topic, key, payload)
SELECT l.topic, l.id::text, convert_from(l.payload, 'UTF8') FROM letter l
RETURNING pg_notify('outbox', '')
