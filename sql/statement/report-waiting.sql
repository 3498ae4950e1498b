-- What of a run waits, and for what. $1 run
SELECT kind, tasks, why FROM report.queue WHERE run = $1::uuid AND state = 'ready' ORDER BY oldest, kind
