-- The ledger's clock was set back: a lease that would last longer than two is one from now on; a living worker renews it.
-- $1 lease in ms
UPDATE ledger.task SET lease_until = clock_timestamp() + $1::bigint * interval '1 millisecond'
WHERE state = 'running' AND lease_until > clock_timestamp() + 2 * $1::bigint * interval '1 millisecond'
