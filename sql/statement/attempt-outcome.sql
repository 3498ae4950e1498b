-- How attempts ended, for their own worker. $1 tasks, $2 attempts, $3 worker
SELECT a.task, a.outcome FROM ledger.attempt a JOIN unnest($1::uuid[], $2::int[]) AS n (task, attempt)
    ON a.task = n.task AND a.attempt = n.attempt WHERE a.worker = $3::text
