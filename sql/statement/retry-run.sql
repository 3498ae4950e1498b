-- What to begin a run again with. $1 run
SELECT r.state, p.name, d.body, d.file, (extract(epoch FROM r.slot) * 1000000)::bigint, encode(r.definition, 'hex')
FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline JOIN ledger.definition d ON d.digest = r.definition
WHERE r.id = $1::uuid
