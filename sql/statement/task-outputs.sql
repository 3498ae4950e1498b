-- What tasks made, or the ones that they reuse; first which of them. $1 tasks
SELECT n.place - 1, o.role, o.ordinal, encode(o.artifact, 'hex')
FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place) JOIN ledger.task t ON t.id = n.id
JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
ORDER BY n.place, o.role, o.ordinal
