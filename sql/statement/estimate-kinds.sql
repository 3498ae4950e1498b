-- What a task of each kind took and cost in a pipeline's last five runs, of 90 days, that did any of them, and how many there were
-- in its newest run that came to an end. $1 pipeline
WITH past AS MATERIALIZED (
    SELECT r.id, r.created, r.state FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
    WHERE p.name = $1::text AND r.created > now() - interval '90 days'
), newest AS (
    SELECT id FROM past WHERE state IN ('done', 'refused') ORDER BY created DESC LIMIT 1
), usual AS (
    SELECT s.kind, s.run, row_number() OVER (PARTITION BY s.kind ORDER BY past.created DESC) AS place
    FROM past JOIN ledger.stage_run s ON s.run = past.id WHERE s.done > s.reused
), attempt AS (
    SELECT u.kind, a.wall_seconds,
           coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.task = a.task AND c.attempt = a.attempt), 0)::float8 AS amount
    FROM usual u JOIN ledger.task t ON t.run = u.run AND t.kind = u.kind AND t.state <> 'reused'
    JOIN ledger.attempt a ON a.task = t.id AND a.outcome = 'done' WHERE u.place <= 5
)
SELECT a.kind, coalesce((SELECT s.expected FROM ledger.stage_run s JOIN newest n ON n.id = s.run WHERE s.kind = a.kind), 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY a.wall_seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY a.wall_seconds),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY a.amount), percentile_cont(0.9) WITHIN GROUP (ORDER BY a.amount)
FROM attempt a GROUP BY a.kind
