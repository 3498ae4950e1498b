-- What the store may hold, by digest: kept; old: nothing needs it any more; removed: freed before. A checkpoint is kept while a
-- task may go on from it: its own, or after its run was ended the next one like it. $1 how old, in ms
SELECT encode(a.digest, 'hex') AS digest,
       CASE WHEN a.removed IS NOT NULL THEN 'removed' WHEN u.digest IS NOT NULL THEN 'old' ELSE 'kept' END
FROM ledger.artifact a LEFT JOIN ledger.unneeded($1::bigint * interval '1 millisecond') u ON u.digest = a.digest
UNION
SELECT encode(c.artifact, 'hex'), 'kept' FROM ledger.checkpoint c JOIN ledger.task t ON t.id = c.task
WHERE (t.state IN ('ready', 'running')
       OR t.state = 'cancelled' AND t.finished > now() - $1::bigint * interval '1 millisecond'
          AND NOT EXISTS (SELECT FROM ledger.task n WHERE n.key = t.key AND n.state = 'done'))
  AND NOT EXISTS (SELECT FROM ledger.artifact a WHERE a.digest = c.artifact)
ORDER BY 1
