-- Whether this connection is the runner of a run: at most one is, and it is over when the connection ends. $1 run
SELECT pg_try_advisory_lock(1920298606, hashtext($1::text))
