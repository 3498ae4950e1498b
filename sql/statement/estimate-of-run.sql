-- What the plan of a run said in all. $1 run
SELECT sum(seconds_p50), sum(seconds_p90), sum(amount_p50)::float8, sum(amount_p90)::float8 FROM ledger.estimate
WHERE run = $1::uuid
