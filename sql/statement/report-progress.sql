-- How far each kind of task of a run is. $1 run
SELECT s.kind, s.expected, s.done, s.reused, s.complete, coalesce(t.running, 0) AS running, coalesce(t.retried, 0) AS retried,
    coalesce(a.seconds, 0) AS seconds, coalesce(a.cpu_seconds, 0) AS cpu_seconds
FROM ledger.stage_run s
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE failures > 0) AS retried
    FROM ledger.task WHERE run = s.run AND kind = s.kind) t ON true
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM max(coalesce(a.finished, clock_timestamp())) - min(a.started))::float8 AS seconds,
           sum(a.cpu_seconds) AS cpu_seconds
    FROM ledger.task t JOIN ledger.attempt a ON a.task = t.id WHERE t.run = s.run AND t.kind = s.kind) a ON true
WHERE s.run = $1::uuid ORDER BY s.ordinal
