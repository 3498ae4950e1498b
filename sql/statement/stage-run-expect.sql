-- $1 run, $2 kind, $3 how many more
UPDATE ledger.stage_run SET expected = expected + $3::bigint WHERE run = $1::uuid AND kind = $2::text AND NOT sealed RETURNING kind
