-- What the data of a source cost, once per price. $1 source, $2 run, $3 amount, $4 currency
INSERT INTO ledger.charge (run, source, resource, quantity, unit, amount, currency, period_start, period_end, note)
SELECT $2::uuid, s.id, 'data', 1, 'Sources', $3::numeric, $4::text, now(), now(), 'data of source ' || s.name
FROM ledger.source s
WHERE s.name = $1::text
  AND NOT EXISTS (SELECT FROM ledger.charge c WHERE c.source = s.id AND c.amount = $3::numeric AND c.currency = $4::text)
