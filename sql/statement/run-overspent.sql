-- Runs that have spent what they were allowed when they began (plan.limits): a limit of their own, or the pipeline's of the month,
-- of which month_spent was gone then. What is being worked on counts as far as was heard of it. Gives run, which limit, how much
-- it is, how much was spent, currency. Of the month that is what was charged since, also to a run that had begun before.
WITH limited AS MATERIALIZED (
    SELECT r.id, r.pipeline, r.plan -> 'limits' AS limits, r.plan #>> '{limits,currency}' AS currency,
        greatest(r.created, date_trunc('month', clock_timestamp())) AS since, r.created >= date_trunc('month', clock_timestamp()) AS fresh
    FROM ledger.run r WHERE r.state = 'running' AND r.plan ? 'limits'
), open AS MATERIALIZED (
    SELECT t.run, r.pipeline, p.currency, sum(a.cpu_seconds::numeric / 3600 * p.amount) AS amount
    FROM ledger.task t JOIN ledger.run r ON r.id = t.run
    JOIN ledger.attempt a ON a.task = t.id AND a.attempt = t.attempt AND a.outcome IS NULL
    JOIN LATERAL (SELECT * FROM ledger.price WHERE resource = 'cpu'
                  ORDER BY (valid_from <= a.started AND (valid_to IS NULL OR valid_to > a.started)) DESC, valid_from LIMIT 1) p ON true
    WHERE t.state = 'running' AND EXISTS (SELECT FROM limited) GROUP BY t.run, r.pipeline, p.currency
)
SELECT DISTINCT ON (l.id) l.id, v.what, v.most::float8, v.spent::float8, l.currency
FROM limited l, LATERAL (
    SELECT 'run', (l.limits ->> 'run')::numeric,
        coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.run = l.id AND c.currency = l.currency), 0)
        + coalesce((SELECT sum(o.amount) FROM open o WHERE o.run = l.id AND o.currency = l.currency), 0)
    WHERE l.limits ? 'run'
    UNION ALL
    SELECT 'month', (l.limits ->> 'month')::numeric,
        CASE WHEN l.fresh THEN (l.limits ->> 'month_spent')::numeric ELSE 0 END
        + coalesce((SELECT sum(c.amount) FROM ledger.charge c JOIN ledger.run r ON r.id = c.run
                    WHERE r.pipeline = l.pipeline AND (r.finished IS NULL OR r.finished >= l.since - interval '1 hour')
                      AND c.period_start >= date_trunc('month', clock_timestamp()) AND c.currency = l.currency
                      AND (c.created >= l.since OR NOT l.fresh)), 0)
        + coalesce((SELECT sum(o.amount) FROM open o WHERE o.pipeline = l.pipeline AND o.currency = l.currency), 0)
    WHERE l.limits ? 'month') v (what, most, spent)
WHERE v.spent >= v.most ORDER BY l.id, v.what
