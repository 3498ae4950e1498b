-- A source that may not be known yet. $1 name
INSERT INTO ledger.source (name) VALUES ($1::text) ON CONFLICT (name) DO NOTHING
