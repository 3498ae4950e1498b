-- A task that was tried before has its turn: from here its worker's end is counted against it. Gives how many attempts before
-- this one were lost (their worker crashed or hung), and whether one of them was begun. $1 task, $2 attempt, $3 worker
WITH begun AS (
    UPDATE ledger.attempt SET begun = coalesce(begun, clock_timestamp())
    WHERE task = $1::uuid AND attempt = $2::int AND worker = $3::text AND outcome IS NULL
)
SELECT count(*), coalesce(bool_or(begun IS NOT NULL), false) FROM ledger.attempt
WHERE task = $1::uuid AND attempt < $2::int AND outcome = 'lost'
