-- $1 run, $2 kind, $3 element of the definition's list, from 0
SELECT settings[$3::int + 1], revision FROM ledger.stage_run WHERE run = $1::uuid AND kind = $2::text AND settings[$3::int + 1] IS NOT NULL
