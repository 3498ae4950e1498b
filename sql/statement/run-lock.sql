-- One completion of a run at a time: what it opens is decided under this lock. It keeps out the one that frees artifacts, too
-- (gc-lock), as it may be about to use what that frees. $1 run
SELECT state, plan, pg_advisory_xact_lock_shared(1735287158) FROM ledger.run WHERE id = $1::uuid FOR NO KEY UPDATE
