-- What the plan said of a stage. $1 run, $2 stage, $3 and $4 seconds p50 and p90, $5 and $6 amount p50 and p90, $7 currency
INSERT INTO ledger.estimate (run, stage, seconds_p50, seconds_p90, amount_p50, amount_p90, currency)
VALUES ($1::uuid, $2::text, $3::float8, $4::float8, $5::numeric, $6::numeric, $7::text) ON CONFLICT DO NOTHING
