-- Its place, a row per level. $1 task
SELECT p.place FROM ledger.task t, unnest(t.position) WITH ORDINALITY AS p (place, level) WHERE t.id = $1::uuid ORDER BY p.level
