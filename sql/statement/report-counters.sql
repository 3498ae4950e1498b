-- What the tasks of a run counted, the work that it reused included. $1 run
SELECT t.kind, c.name, sum(c.value)::bigint
FROM ledger.task t JOIN ledger.task_counter c ON c.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND NOT t.repair GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
