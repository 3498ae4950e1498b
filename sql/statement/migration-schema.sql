-- The schema that even the list of migrations needs.
CREATE SCHEMA IF NOT EXISTS ledger
