-- The run of a slot. $1 pipeline's name, $2 slot in microseconds
SELECT r.id, r.state, encode(r.definition, 'hex')
FROM ledger.run_slot s JOIN ledger.pipeline p ON p.id = s.pipeline JOIN ledger.run r ON r.id = s.run
WHERE p.name = $1::text AND s.slot = timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
