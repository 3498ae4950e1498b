-- How many attempts of a task before this one were lost (their worker crashed or hung), and whether one had been claimed alone,
-- so that it was the one that was worked on. $1 task, $2 attempt
SELECT count(*), coalesce(bool_or(claimed_with = 1), false) FROM ledger.attempt
WHERE task = $1::uuid AND attempt < $2::int AND outcome = 'lost'
