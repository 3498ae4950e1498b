-- The present limit of a pipeline for a period; the one before it ends where it differs. $1 pipeline, $2 period, $3 amount,
-- $4 currency
WITH owner AS (SELECT id FROM ledger.pipeline WHERE name = $1::text),
same AS (
    SELECT b.id FROM ledger.budget b JOIN owner o ON o.id = b.pipeline
    WHERE b.period = $2::text AND b.valid_to IS NULL AND b.amount = $3::numeric AND b.currency = $4::text
), ended AS (
    UPDATE ledger.budget b SET valid_to = now() FROM owner o
    WHERE b.pipeline = o.id AND b.period = $2::text AND b.valid_to IS NULL AND NOT EXISTS (SELECT FROM same) RETURNING b.id
)
INSERT INTO ledger.budget (pipeline, period, amount, currency)
SELECT o.id, $2::text, $3::numeric, $4::text FROM owner o
WHERE NOT EXISTS (SELECT FROM same) AND (SELECT count(*) FROM ended) >= 0
