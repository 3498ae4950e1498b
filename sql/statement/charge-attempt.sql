-- What attempts cost by the price list that is valid at their start, one charge per resource used. Where a clock was set back
-- and none is valid yet, the oldest price stands. $1 tasks, $2 attempts, $3 starts and $4 ends in microseconds, $5 CPU seconds,
-- $6 GPU seconds, $7 bytes stored, $8 worker
INSERT INTO ledger.charge (run, task, attempt, resource, quantity, unit, price, amount, currency, period_start, period_end)
SELECT n.run, n.task, n.attempt, p.resource, u.quantity, p.unit, p.id, u.quantity * p.amount, p.currency, span.start, span.finish
FROM (SELECT n.*, (SELECT t.run FROM ledger.task t JOIN ledger.attempt a ON a.task = t.id
                   WHERE t.id = n.task AND a.attempt = n.attempt AND a.worker = $8::text) AS run
      FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::float8[], $6::float8[], $7::bigint[]) WITH ORDINALITY
          AS n (task, attempt, start, finish, cpu, gpu, stored, place) OFFSET 0) n,
     LATERAL (SELECT timestamptz 'epoch' + n.start * interval '1 microsecond' AS start,
                     timestamptz 'epoch' + greatest(n.start, n.finish) * interval '1 microsecond' AS finish) span,
     LATERAL (VALUES ('cpu', round(n.cpu::numeric / 3600, 9)),
                     ('gpu', round(n.gpu::numeric / 3600, 9)),
                     ('storage', round(n.stored::numeric / 1000000000, 9))) AS u (resource, quantity)
JOIN LATERAL (SELECT * FROM ledger.price WHERE resource = u.resource
              ORDER BY (valid_from <= span.start AND (valid_to IS NULL OR valid_to > span.start)) DESC, valid_from LIMIT 1) p ON true
WHERE n.run IS NOT NULL AND u.quantity > 0 ORDER BY n.place, u.resource
ON CONFLICT DO NOTHING
