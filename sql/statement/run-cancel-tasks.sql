-- What has not begun is not begun any more. $1 run
UPDATE ledger.task SET state = 'cancelled', finished = clock_timestamp() WHERE run = $1::uuid AND state = 'ready'
