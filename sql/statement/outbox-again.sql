-- The orders of tasks that wait to be tried again and whose time has come go out once more.
WITH due AS (
    SELECT t.id FROM ledger.task t JOIN ledger.run r ON r.id = t.run AND r.state = 'running'
    WHERE t.state = 'ready' AND t.published IS NULL AND t.attempt > 0 AND t.not_before <= clock_timestamp()
)
UPDATE ledger.outbox o SET published = NULL FROM due WHERE o.task = due.id AND o.published IS NOT NULL
