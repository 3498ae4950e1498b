-- What there is to say about a run itself. $1 run
SELECT r.id, p.name AS pipeline, extract(epoch FROM r.slot)::float8 AS slot, r.state, r.error, r.error_code,
    extract(epoch FROM coalesce(r.finished, clock_timestamp()) - r.created)::float8 AS seconds,
    coalesce((SELECT sum(c.amount) FROM ledger.charge c WHERE c.run = r.id), 0)::float8 AS cost,
    coalesce((SELECT min(c.currency) FROM ledger.charge c WHERE c.run = r.id),
             (SELECT currency FROM ledger.price WHERE resource = 'cpu' AND valid_to IS NULL), '') AS currency,
    r.host, r.actor, extract(epoch FROM r.created)::float8 AS created,
    coalesce((SELECT amount FROM ledger.price WHERE resource = 'cpu' AND valid_to IS NULL), 0)::float8 AS cpu_hour
FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline WHERE r.id = $1::uuid
