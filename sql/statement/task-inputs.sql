-- What tasks are given; first which of them. $1 tasks
SELECT n.place - 1, i.role, i.ordinal, encode(i.artifact, 'hex'), a.bytes
FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place) JOIN ledger.task_input i ON i.task = n.id
JOIN ledger.artifact a ON a.digest = i.artifact
ORDER BY n.place, i.role, i.ordinal
