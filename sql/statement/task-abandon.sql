-- The lease of a worker that is known to have ended runs out now, and its attempt says how it ended.
-- $1 worker, or what its name begins with, $2 how
WITH abandoned AS (
    UPDATE ledger.task SET lease_until = clock_timestamp()
    WHERE state = 'running' AND starts_with(lease_owner, $1::text) AND lease_until > clock_timestamp()
    RETURNING id, attempt
)
UPDATE ledger.attempt a SET error = $2::text FROM abandoned b
WHERE a.task = b.id AND a.attempt = b.attempt AND a.outcome IS NULL AND a.error IS NULL
