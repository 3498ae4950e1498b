-- What tasks are given; first which of them. $1 tasks
SELECT n.place - 1, i.role, i.ordinal, encode(i.artifact, 'hex'), i.bytes
FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place), LATERAL (
    SELECT i.role, i.ordinal, i.artifact, (SELECT a.bytes FROM ledger.artifact a WHERE a.digest = i.artifact) AS bytes
    FROM ledger.task_input i WHERE i.task = n.id OFFSET 0) i
ORDER BY n.place, i.role, i.ordinal
