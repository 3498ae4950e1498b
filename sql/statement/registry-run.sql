-- Runs whose id begins so, at most two; "last" is the newest. $1 text
(SELECT id FROM ledger.run WHERE $1::text = 'last' ORDER BY created DESC, id DESC LIMIT 1)
UNION ALL
(SELECT id FROM ledger.run WHERE id::text LIKE $1::text || '%' ORDER BY id LIMIT 2)
