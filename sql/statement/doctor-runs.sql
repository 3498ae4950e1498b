-- Runs that go on without a runner (nobody holds the lock of runner-hold.sql), or past their deadline. A run of the last
-- seconds may be about to be held.
SELECT r.id, p.name, extract(epoch FROM clock_timestamp() - r.created)::float8, coalesce(r.deadline < clock_timestamp(), false)
FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
WHERE r.state = 'running' AND r.created < clock_timestamp() - interval '5 seconds'
  AND (r.deadline < clock_timestamp()
       OR NOT EXISTS (SELECT FROM pg_locks l
                      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = 1920298606
                        AND l.objid = (hashtext(r.id::text)::bigint & 4294967295)::oid
                        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())))
ORDER BY r.created
