-- $1 run, $2 kind
UPDATE ledger.stage_run SET expected = expected + 1 WHERE run = $1::uuid AND kind = $2::text AND NOT sealed RETURNING kind
