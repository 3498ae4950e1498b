-- $1 pipeline, $2 run or NULL, $3 kind, $4 amount, $5 currency, $6 reason
INSERT INTO ledger.budget_event (budget, run, kind, amount, currency, reason)
SELECT b.id, $2::uuid, $3::text, $4::numeric, $5::text, $6::text
FROM ledger.budget b JOIN ledger.pipeline p ON p.id = b.pipeline WHERE p.name = $1::text AND b.valid_to IS NULL
