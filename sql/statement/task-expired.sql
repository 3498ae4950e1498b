-- Tasks whose worker was not heard of for a lease, or is known to have ended: then with how; and whether it had begun them.
SELECT t.id, t.run, t.attempt, t.lease_owner, t.failures, t.kind, r.state, a.error, a.task IS NULL OR a.begun IS NOT NULL
FROM ledger.task t JOIN ledger.run r ON r.id = t.run
LEFT JOIN ledger.attempt a ON a.task = t.id AND a.attempt = t.attempt AND a.outcome IS NULL
WHERE t.state = 'running' AND t.lease_until < clock_timestamp() LIMIT 100
