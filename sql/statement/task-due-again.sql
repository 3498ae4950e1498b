-- The ledger's clock was set back: what waits for a moment further away than any delay is due now. $1 the longest delay in ms
UPDATE ledger.task SET not_before = clock_timestamp()
WHERE state = 'ready' AND not_before > clock_timestamp() + $1::bigint * interval '1 millisecond'
