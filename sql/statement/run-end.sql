-- $1 run, $2 state, $3 error, $4 error's code
UPDATE ledger.run SET state = $2::text, error = $3::text, error_code = $4::text, finished = clock_timestamp()
WHERE id = $1::uuid AND state = 'running' RETURNING id
