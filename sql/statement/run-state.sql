-- $1 run
SELECT state, error, error_code FROM ledger.run WHERE id = $1::uuid
