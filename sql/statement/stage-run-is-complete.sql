-- $1 run, $2 kind
SELECT 1 FROM ledger.stage_run WHERE run = $1::uuid AND kind = $2::text AND complete
