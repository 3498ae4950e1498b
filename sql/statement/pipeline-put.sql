-- $1 name, $2 about, $3 definition
INSERT INTO ledger.pipeline (name, about, definition) VALUES ($1::text, $2::text, $3::bytea)
ON CONFLICT (name) DO UPDATE SET about = excluded.about, definition = excluded.definition
RETURNING id
