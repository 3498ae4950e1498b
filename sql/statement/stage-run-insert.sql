-- $1 run, $2 kind, $3 ordinal, $4 revision, $5 settings
INSERT INTO ledger.stage_run (run, kind, ordinal, revision, settings) VALUES ($1::uuid, $2::text, $3::int, $4::int, $5::text[])
