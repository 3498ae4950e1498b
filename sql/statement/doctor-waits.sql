-- Transactions that other sessions have waited for longer than 5 seconds, and that do not wait themselves: process, user, program,
-- for how long they are open, whether nothing is done in them just now, and how many wait.
SELECT b.pid, b.usename, b.application_name, extract(epoch FROM clock_timestamp() - b.xact_start)::float8,
       b.state LIKE 'idle in transaction%', count(*)
FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking (pid) JOIN pg_stat_activity b ON b.pid = blocking.pid
WHERE w.datname = current_database() AND w.wait_event_type = 'Lock' AND w.state_change < clock_timestamp() - interval '5 seconds'
  AND b.wait_event_type IS DISTINCT FROM 'Lock'
GROUP BY 1, 2, 3, 4, 5 ORDER BY 4 DESC
