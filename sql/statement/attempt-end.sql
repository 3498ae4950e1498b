-- Of its own worker only: a claim that a crash of PostgreSQL undid leaves its number to the next one.
-- $1 task, $2 attempt, $3 outcome, $4 error, $5 wall and $6 CPU seconds, $7 peak bytes, $8 bytes in, $9 bytes out, $10 worker
UPDATE ledger.attempt SET finished = clock_timestamp(), outcome = $3::text, error = $4::text, wall_seconds = $5::float8,
    cpu_seconds = $6::float8, peak_bytes = $7::bigint, bytes_in = $8::bigint, bytes_out = $9::bigint
WHERE task = $1::uuid AND attempt = $2::int AND worker = $10::text AND outcome IS DISTINCT FROM 'done'
