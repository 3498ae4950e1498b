-- How an attempt ended, for its own worker. $1 task, $2 attempt, $3 worker
SELECT outcome FROM ledger.attempt WHERE task = $1::uuid AND attempt = $2::int AND worker = $3::text
