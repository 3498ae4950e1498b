-- Counts a task that is done; true for whoever brings a sealed kind to its total. $1 run, $2 kind, $3 reused
UPDATE ledger.stage_run SET done = done + 1, reused = reused + CASE WHEN $3::boolean THEN 1 ELSE 0 END,
    complete = sealed AND done + 1 = expected
WHERE run = $1::uuid AND kind = $2::text RETURNING expected, complete
