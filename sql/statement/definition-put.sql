-- $1 digest, $2 body, $3 file
INSERT INTO ledger.definition (digest, body, file) VALUES ($1::bytea, $2::text, $3::text) ON CONFLICT DO NOTHING
