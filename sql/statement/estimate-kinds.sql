-- What a task of each kind took and cost in earlier attempts of a pipeline, and how many there were in its newest run that
-- came to an end. $1 pipeline
WITH newest AS (
    SELECT r.id FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
    WHERE p.name = $1::text AND r.state IN ('done', 'refused') ORDER BY r.created DESC LIMIT 1
), usual AS (
    SELECT t.kind, a.wall_seconds,
           (SELECT sum(c.amount) FROM ledger.charge c WHERE c.task = a.task AND c.attempt = a.attempt)::float8 AS amount
    FROM ledger.attempt a JOIN ledger.task t ON t.id = a.task JOIN ledger.run r ON r.id = t.run
    JOIN ledger.pipeline p ON p.id = r.pipeline
    WHERE p.name = $1::text AND a.outcome = 'done' AND a.started > now() - interval '90 days'
)
SELECT u.kind, coalesce((SELECT count(*) FROM ledger.task t JOIN newest n ON n.id = t.run WHERE t.kind = u.kind), 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY u.wall_seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY u.wall_seconds),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(u.amount, 0)),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY coalesce(u.amount, 0))
FROM usual u GROUP BY u.kind
