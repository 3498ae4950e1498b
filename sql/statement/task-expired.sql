-- Tasks whose worker was not heard of for a lease.
SELECT t.id, t.run, t.attempt, t.lease_owner, t.failures, t.kind, r.state
FROM ledger.task t JOIN ledger.run r ON r.id = t.run
WHERE t.state = 'running' AND t.lease_until < clock_timestamp() LIMIT 100
