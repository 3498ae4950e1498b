-- Counts tasks that are done; true for whoever brings a sealed kind to its total. $1 run, $2 kind, $3 done, $4 of them reused
UPDATE ledger.stage_run SET done = done + $3::bigint, reused = reused + $4::bigint,
    complete = sealed AND done + $3::bigint = expected
WHERE run = $1::uuid AND kind = $2::text RETURNING expected, complete
