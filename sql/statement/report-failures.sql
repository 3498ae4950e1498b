-- Tasks of a run that failed or had to be tried again, with their last error. $1 run
SELECT t.kind, t.state, t.failures, t.error, t.id FROM ledger.task t
WHERE t.run = $1::uuid AND t.error IS NOT NULL ORDER BY t.state = 'failed' DESC, t.created LIMIT 10
