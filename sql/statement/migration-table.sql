-- Which migrations this database has had.
CREATE TABLE IF NOT EXISTS ledger.migration (
    name text PRIMARY KEY,
    digest bytea NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
)
