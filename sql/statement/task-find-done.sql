-- A task that made what this key makes, whose artifacts were not removed. $1 key
SELECT t.id FROM ledger.task t
WHERE t.key = $1::bytea AND t.state = 'done'
  AND NOT EXISTS (SELECT FROM ledger.task_output o JOIN ledger.artifact a ON a.digest = o.artifact
                  WHERE o.task = t.id AND a.removed IS NOT NULL)
ORDER BY t.finished DESC LIMIT 1
