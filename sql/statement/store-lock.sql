-- One at a time decides which store is the ledger's; released with the transaction. "stor" in ASCII.
SELECT pg_advisory_xact_lock(1937010546)
