-- The lease of a worker that is known to have ended runs out now. $1 worker, or what its name begins with
UPDATE ledger.task SET lease_until = clock_timestamp()
WHERE state = 'running' AND starts_with(lease_owner, $1::text) AND lease_until > clock_timestamp()
