-- From now on nothing reuses them; their files go after this is committed. $1 how old, in ms
UPDATE ledger.artifact a SET removed = clock_timestamp()
FROM ledger.unneeded($1::bigint * interval '1 millisecond') u WHERE u.digest = a.digest
