-- Whoever sets prices waits for whoever does so now; until the end of the transaction. "pric" in ASCII.
SELECT pg_advisory_xact_lock(1886546275)
