-- A model by name, locked until the end of the transaction. $1 name
INSERT INTO ledger.model (name) VALUES ($1::text)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING id
