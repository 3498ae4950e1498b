-- One migration at a time; released with the transaction. The number is "tide" in ASCII.
SELECT pg_advisory_xact_lock(1953064037)
