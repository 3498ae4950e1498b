-- True for whoever brings a sealed kind to its total; once. $1 run, $2 kind
UPDATE ledger.stage_run SET complete = true
WHERE run = $1::uuid AND kind = $2::text AND sealed AND done = expected AND NOT complete RETURNING expected
