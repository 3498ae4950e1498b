-- Until the end of the transaction nothing frees artifacts (gc-lock): it is about to write of some that may be in the ledger already.
SELECT pg_advisory_xact_lock_shared(1735287158)
