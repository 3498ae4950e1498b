-- Of its own worker only: a claim that a crash of PostgreSQL undid leaves its number to the next one. $1 tasks, $2 attempts,
-- $3 outcomes, $4 errors, $5 wall and $6 CPU seconds, $7 peak bytes, $8 bytes in, $9 bytes out, $10 worker
UPDATE ledger.attempt a SET finished = clock_timestamp(), outcome = n.outcome, error = n.error, wall_seconds = n.wall_seconds,
    cpu_seconds = n.cpu_seconds, peak_bytes = n.peak_bytes, bytes_in = n.bytes_in, bytes_out = n.bytes_out
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::bigint[], $8::bigint[], $9::bigint[])
    AS n (task, attempt, outcome, error, wall_seconds, cpu_seconds, peak_bytes, bytes_in, bytes_out)
WHERE a.task = n.task AND a.attempt = n.attempt AND a.worker = $10::text AND a.outcome IS DISTINCT FROM 'done'
