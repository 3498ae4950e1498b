-- What a pipeline has spent in the present month, and what its runs in progress have reserved and not spent yet.
-- $1 pipeline, $2 currency
SELECT coalesce((SELECT sum(c.amount) FROM ledger.charge c JOIN ledger.run r ON r.id = c.run
                 JOIN ledger.pipeline p ON p.id = r.pipeline
                 WHERE p.name = $1::text AND c.currency = $2::text AND c.period_start >= date_trunc('month', now())), 0)::float8,
       coalesce((SELECT sum(greatest(e.amount_p90 - coalesce(spent.amount, 0), 0)) FROM ledger.run r
                 JOIN ledger.pipeline p ON p.id = r.pipeline
                 JOIN LATERAL (SELECT sum(amount_p90) AS amount_p90 FROM ledger.estimate WHERE run = r.id AND currency = $2::text) e ON true
                 LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM ledger.charge WHERE run = r.id AND currency = $2::text) spent ON true
                 WHERE p.name = $1::text AND r.state = 'running'), 0)::float8
