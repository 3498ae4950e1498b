-- A source as the definition describes it now. $1 name, $2 kind, $3 licence, $4 basis
INSERT INTO ledger.source (name, kind, licence, basis) VALUES ($1::text, $2::text, $3::text, $4::text)
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, licence = excluded.licence, basis = excluded.basis
WHERE (source.kind, source.licence, source.basis) IS DISTINCT FROM (excluded.kind, excluded.licence, excluded.basis)
