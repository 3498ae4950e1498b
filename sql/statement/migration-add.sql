-- Note a migration, or the new digest of the views.
INSERT INTO ledger.migration (name, digest) VALUES ($1::text, $2::bytea)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, applied = now()
