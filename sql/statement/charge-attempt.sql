-- What an attempt costs by the price list that is valid at its start, one charge per resource used. Where a clock was set back
-- and none is valid yet, the oldest price stands.
-- $1 task, $2 attempt, $3 start and $4 end in microseconds, $5 CPU seconds, $6 GPU seconds, $7 bytes stored, $8 worker
INSERT INTO ledger.charge (run, task, attempt, resource, quantity, unit, price, amount, currency, period_start, period_end)
SELECT t.run, t.id, $2::int, p.resource, u.quantity, p.unit, p.id, u.quantity * p.amount, p.currency, span.start, span.finish
FROM ledger.task t JOIN ledger.attempt a ON a.task = t.id AND a.attempt = $2::int AND a.worker = $8::text,
     LATERAL (SELECT timestamptz 'epoch' + $3::bigint * interval '1 microsecond' AS start,
                     timestamptz 'epoch' + greatest($3::bigint, $4::bigint) * interval '1 microsecond' AS finish) span,
     LATERAL (VALUES ('cpu', round($5::numeric / 3600, 9)),
                     ('gpu', round($6::numeric / 3600, 9)),
                     ('storage', round($7::numeric / 1000000000, 9))) AS u (resource, quantity)
JOIN LATERAL (SELECT * FROM ledger.price WHERE resource = u.resource
              ORDER BY (valid_from <= span.start AND (valid_to IS NULL OR valid_to > span.start)) DESC, valid_from LIMIT 1) p ON true
WHERE t.id = $1::uuid AND u.quantity > 0
ON CONFLICT DO NOTHING
