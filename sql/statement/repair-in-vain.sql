-- Whether an artifact that is gone was made again since, and is gone all the same. $1 artifact
SELECT EXISTS (
    SELECT FROM ledger.artifact a JOIN ledger.task_output o ON o.artifact = a.digest JOIN ledger.task t ON t.id = o.task, LATERAL (
        SELECT r.finished FROM ledger.task r WHERE r.key = t.key AND r.state = 'done' AND r.repair
        UNION ALL
        SELECT r.finished FROM ledger.task r WHERE r.key = t.key AND r.state = 'failed' AND r.repair) r
    WHERE a.digest = $1::bytea AND r.finished >= a.removed)
