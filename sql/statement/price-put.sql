-- The present price of a resource, under price-lock; the one before it ends where it differs. $1 resource, $2 unit, $3 amount,
-- $4 currency
WITH same AS (
    SELECT FROM ledger.price
    WHERE resource = $1::text AND valid_to IS NULL AND unit = $2::text AND amount = $3::numeric AND currency = $4::text
), ended AS (
    UPDATE ledger.price SET valid_to = statement_timestamp()
    WHERE resource = $1::text AND valid_to IS NULL AND NOT EXISTS (SELECT FROM same) RETURNING id
)
INSERT INTO ledger.price (resource, unit, amount, currency, valid_from)
SELECT $1::text, $2::text, $3::numeric, $4::text,
       CASE WHEN EXISTS (SELECT FROM ledger.price WHERE resource = $1::text) THEN statement_timestamp() ELSE '-infinity' END
WHERE NOT EXISTS (SELECT FROM same) AND (SELECT count(*) FROM ended) >= 0
