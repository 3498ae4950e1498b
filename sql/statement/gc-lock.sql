-- Until the end of the transaction no task opens or reuses another (run-lock). "gc" in ASCII, and more.
SELECT pg_advisory_xact_lock(1735287158)
