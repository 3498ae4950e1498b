-- How far each kind of task of a run is. $1 run
SELECT s.kind, s.expected, s.done, s.reused, s.complete, coalesce(w.running, 0) AS running, coalesce(w.retried, 0) AS retried,
    coalesce(w.seconds, 0) AS seconds, coalesce(w.cpu_seconds, 0) AS cpu_seconds
FROM ledger.stage_run s LEFT JOIN (
    SELECT t.kind, count(*) FILTER (WHERE t.state = 'running' AND a.attempt = t.attempt) AS running,
        count(*) FILTER (WHERE t.failures > 0 AND a.attempt = t.attempt) AS retried,
        extract(epoch FROM max(coalesce(a.finished, clock_timestamp())) - min(a.started))::float8 AS seconds,
        sum(a.cpu_seconds) AS cpu_seconds
    FROM ledger.task t JOIN ledger.attempt a ON a.task = t.id WHERE t.run = $1::uuid GROUP BY t.kind) w ON w.kind = s.kind
WHERE s.run = $1::uuid ORDER BY s.ordinal
