-- Whether a session runs a statement, be it that it waits for a lock. $1 its process
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1::int AND state = 'active')
