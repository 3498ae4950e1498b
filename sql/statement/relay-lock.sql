-- One relay at a time; held as long as the connection. "rely" in ASCII.
SELECT pg_try_advisory_lock(1919249529)
