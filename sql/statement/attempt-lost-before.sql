-- Whether an attempt of a task before this one was lost: its worker crashed or hung. $1 task, $2 attempt
SELECT EXISTS (SELECT FROM ledger.attempt WHERE task = $1::uuid AND attempt < $2::int AND outcome = 'lost')
