-- $1 run, $2 kind
UPDATE ledger.stage_run SET sealed = true WHERE run = $1::uuid AND kind = $2::text
