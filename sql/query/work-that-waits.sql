-- What waits, runs or has failed, and for how long?
SELECT pipeline, run, kind, state, tasks, attempts, now() - oldest AS age
FROM report.queue
ORDER BY pipeline, run, kind, state;
