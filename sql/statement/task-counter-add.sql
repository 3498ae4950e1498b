-- $1 task, $2 names, $3 values
INSERT INTO ledger.task_counter (task, name, value)
SELECT $1::uuid, n.name, n.value FROM unnest($2::text[], $3::bigint[]) AS n (name, value)
