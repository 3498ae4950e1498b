-- It worked at most until its lease ran out. Gives its start and end in microseconds, how many were claimed in one with it, and
-- the CPU seconds that were heard of.
-- $1 task, $2 attempt, $3 error
UPDATE ledger.attempt SET finished = clock_timestamp(), outcome = 'lost', error = $3::text,
    wall_seconds = extract(epoch FROM clock_timestamp() - started)
WHERE task = $1::uuid AND attempt = $2::int AND outcome IS NULL
RETURNING (extract(epoch FROM started) * 1000000)::bigint, (extract(epoch FROM finished) * 1000000)::bigint,
    claimed_with, coalesce(cpu_seconds, 0)
