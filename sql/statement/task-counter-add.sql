-- $1 tasks, $2 names, $3 values
INSERT INTO ledger.task_counter (task, name, value)
SELECT n.task, n.name, n.value FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS n (task, name, value)
