-- The run that a user means: the beginning of its id, or '' for the newest. $1 beginning
SELECT id, state FROM ledger.run WHERE id::text LIKE $1::text || '%' ORDER BY created DESC LIMIT 2
