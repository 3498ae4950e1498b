-- $1 id, $2 root
INSERT INTO ledger.store (id, root) VALUES ($1::uuid, $2::text)
ON CONFLICT (one) DO UPDATE SET id = excluded.id, root = excluded.root, since = clock_timestamp()
