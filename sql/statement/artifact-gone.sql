-- $1 artifact
UPDATE ledger.artifact SET removed = clock_timestamp() WHERE digest = $1::bytea AND removed IS NULL
