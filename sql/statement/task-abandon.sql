-- The leases of a worker that is known to have ended run out now, and its attempts say how it ended. $1 worker, or what its name
-- begins with, $2 how, for the one that it was at; for those that it had in hand besides: $3 new ones, $4 tried before; $5 the
-- task that it was at, or NULL: that which was begun, or one of the new ones
WITH abandoned AS (
    UPDATE ledger.task SET lease_until = clock_timestamp()
    WHERE state = 'running' AND starts_with(lease_owner, $1::text) AND lease_until > clock_timestamp()
    RETURNING id, attempt
)
UPDATE ledger.attempt a SET begun = CASE WHEN a.task = $5::uuid THEN coalesce(a.begun, clock_timestamp()) ELSE a.begun END,
    error = CASE WHEN a.begun IS NOT NULL OR a.task = $5::uuid THEN $2::text WHEN a.attempt = 1 THEN $3::text ELSE $4::text END
FROM abandoned b WHERE a.task = b.id AND a.attempt = b.attempt AND a.outcome IS NULL AND a.error IS NULL
