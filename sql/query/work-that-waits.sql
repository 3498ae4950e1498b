-- What waits, runs or has failed, for how long, and why?
SELECT pipeline, run, kind, state, tasks, attempts, now() - oldest AS age, why
FROM report.queue
ORDER BY pipeline, run, kind, state;
