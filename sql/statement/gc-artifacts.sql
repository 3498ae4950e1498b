-- What the store may hold, by digest: kept; old: nothing needs it any more; removed: freed before. $1 how old, in ms
SELECT encode(a.digest, 'hex') AS digest,
       CASE WHEN a.removed IS NOT NULL THEN 'removed' WHEN u.digest IS NOT NULL THEN 'old' ELSE 'kept' END
FROM ledger.artifact a LEFT JOIN ledger.unneeded($1::bigint * interval '1 millisecond') u ON u.digest = a.digest
UNION
SELECT encode(c.artifact, 'hex'), 'kept' FROM ledger.checkpoint c JOIN ledger.task t ON t.id = c.task
WHERE t.state IN ('ready', 'running') AND NOT EXISTS (SELECT FROM ledger.artifact a WHERE a.digest = c.artifact)
ORDER BY 1
