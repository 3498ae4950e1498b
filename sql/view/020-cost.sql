-- What runs, stages, tokens and quality cost, and what is left to spend.

CREATE VIEW report.run_cost AS
SELECT c.run, p.name AS pipeline, r.created AS started, sum(c.amount) AS amount, c.currency,
       sum(c.quantity) FILTER (WHERE c.resource = 'cpu') AS cpu_hours,
       sum(c.quantity) FILTER (WHERE c.resource = 'gpu') AS gpu_hours,
       sum(c.quantity) FILTER (WHERE c.resource = 'storage') AS storage_gb_months
FROM ledger.charge c
JOIN ledger.run r ON r.id = c.run
JOIN ledger.pipeline p ON p.id = r.pipeline
GROUP BY c.run, p.name, r.created, c.currency;
COMMENT ON VIEW report.run_cost IS 'What each run cost.';

CREATE VIEW report.cost_by_stage AS
SELECT coalesce(c.run, e.run) AS run, p.name AS pipeline, coalesce(c.stage, e.stage) AS stage,
       coalesce(c.amount, 0) AS amount, coalesce(c.currency, e.currency) AS currency, c.cpu_hours, c.gpu_hours,
       c.attempts, e.amount_p50 AS estimate_p50, e.amount_p90 AS estimate_p90
FROM (
    SELECT c.run, split_part(t.kind, '.', 1) AS stage, c.currency, sum(c.amount) AS amount,
           sum(c.quantity) FILTER (WHERE c.resource = 'cpu') AS cpu_hours,
           sum(c.quantity) FILTER (WHERE c.resource = 'gpu') AS gpu_hours,
           count(DISTINCT (c.task, c.attempt)) AS attempts
    FROM ledger.charge c JOIN ledger.task t ON t.id = c.task
    GROUP BY c.run, split_part(t.kind, '.', 1), c.currency
) c
FULL JOIN ledger.estimate e ON e.run = c.run AND e.stage = c.stage AND e.currency = c.currency
JOIN ledger.run r ON r.id = coalesce(c.run, e.run)
JOIN ledger.pipeline p ON p.id = r.pipeline;
COMMENT ON VIEW report.cost_by_stage IS 'What each stage of a run cost, beside what the plan had said.';

CREATE VIEW report.cost_per_token AS
SELECT t.run, p.name AS pipeline, t.spec ->> 'model' AS model, m.value AS tokens, c.amount, c.currency,
       CASE WHEN m.value > 0 THEN c.amount * 1000000 / m.value::numeric END AS amount_per_million
FROM ledger.task t
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
JOIN LATERAL (
    SELECT c.currency, sum(c.amount) AS amount
    FROM (SELECT t.id UNION SELECT o.id FROM ledger.task o WHERE t.state = 'done' AND o.key = t.key AND o.state = 'cancelled') made
    JOIN ledger.charge c ON c.task = made.id GROUP BY c.currency
) c ON true
LEFT JOIN LATERAL (
    SELECT m.value FROM ledger.task_counter m WHERE m.task = t.id AND m.name = 'tokens_trained'
) m ON true
WHERE t.kind = 'train.fit';
COMMENT ON VIEW report.cost_per_token IS 'What training on a million tokens cost, per training; one that went on from where a run was ended costs what that had cost, too.';

-- The cost of a subject is that of its training or, for a baseline, of learning and scoring it; found by key, so that work
-- that was reused still has the price it had.
CREATE VIEW report.cost_of_quality AS
WITH subject AS (
    SELECT DISTINCT ON (e.run, e.subject) e.run, e.pipeline, e.subject, e.value, e.low, e.high,
           CASE WHEN e.kind = 'evaluate.baseline' THEN 'baseline' ELSE 'model' END AS what
    FROM report.evaluation e
    WHERE e.metric = 'bits_per_byte' AND e.subject <> 'production'
    ORDER BY e.run, e.subject, e.kind
), cost AS (
    SELECT t.run, coalesce(t.spec ->> 'baseline', t.spec ->> 'model') AS subject, c.currency, sum(c.amount) AS amount
    FROM ledger.task t
    JOIN ledger.task made ON made.key = t.key
    JOIN ledger.charge c ON c.task = made.id
    WHERE t.kind IN ('train.fit', 'evaluate.baseline')
    GROUP BY t.run, coalesce(t.spec ->> 'baseline', t.spec ->> 'model'), c.currency
), priced AS (
    SELECT s.run, s.pipeline, s.subject, s.what, s.value, s.low, s.high, coalesce(c.amount, 0) AS amount, c.currency
    FROM subject s LEFT JOIN cost c ON c.run = s.run AND c.subject = s.subject
)
SELECT a.run, a.pipeline, a.subject, a.what, a.value AS bits_per_byte, a.low, a.high, a.amount, a.currency,
       CASE WHEN u.value > a.value THEN a.amount / (u.value - a.value)::numeric END AS amount_per_bit_gained,
       NOT EXISTS (
           SELECT FROM priced b
           WHERE b.run = a.run AND b.subject <> a.subject AND b.value <= a.value AND b.amount <= a.amount
             AND (b.value < a.value OR b.amount < a.amount)
       ) AS best_value
FROM priced a
LEFT JOIN priced u ON u.run = a.run AND u.subject = 'unigram';
COMMENT ON VIEW report.cost_of_quality IS
    'Quality beside its price, for models and baselines: what a bit per byte gained over the unigram costs, and what is on the Pareto front.';

CREATE VIEW report.budget AS
SELECT b.id AS budget, coalesce(p.name, 'all') AS pipeline, b.period, b.amount AS granted, b.currency,
       span.start AS period_start, coalesce(c.spent, 0) AS spent, coalesce(e.reserved, 0) AS reserved,
       b.amount - coalesce(c.spent, 0) - greatest(coalesce(e.reserved, 0), 0) AS available
FROM ledger.budget b
LEFT JOIN ledger.pipeline p ON p.id = b.pipeline
CROSS JOIN LATERAL (SELECT CASE WHEN b.period = 'run' THEN NULL ELSE date_trunc(b.period, now()) END AS start) span
LEFT JOIN LATERAL (
    SELECT sum(c.amount) AS spent FROM ledger.charge c LEFT JOIN ledger.run r ON r.id = c.run
    WHERE span.start IS NOT NULL AND c.period_start >= span.start AND c.currency = b.currency
      AND (b.pipeline IS NULL OR r.pipeline = b.pipeline)
) c ON true
LEFT JOIN LATERAL (
    SELECT sum(e.amount) AS reserved FROM ledger.budget_event e
    WHERE e.budget = b.id AND e.kind IN ('reserve', 'release') AND (span.start IS NULL OR e.at >= span.start)
) e ON true
WHERE b.valid_to IS NULL;
COMMENT ON VIEW report.budget IS 'What may still be spent in the present period.';

CREATE VIEW report.runway AS
SELECT currency, funded, spent, funded - spent AS left_over, per_month,
       CASE WHEN per_month > 0 THEN round((funded - spent) / per_month, 1) END AS months
FROM (
    SELECT currency,
           coalesce((SELECT sum(f.amount) FROM ledger.funding f WHERE f.currency = k.currency), 0) AS funded,
           coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.currency = k.currency), 0) AS spent,
           coalesce((SELECT sum(c.amount) FROM ledger.charge c
                     WHERE c.currency = k.currency AND c.period_start >= now() - interval '90 days'), 0) / 3 AS per_month
    FROM (SELECT currency FROM ledger.funding UNION SELECT currency FROM ledger.charge) k
) totals;
COMMENT ON VIEW report.runway IS 'Money that came in, less what was spent, and for how many months it lasts at the pace of the last 90 days.';
