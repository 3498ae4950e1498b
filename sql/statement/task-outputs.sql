-- What tasks made, or the ones that they reuse; first which of them. $1 tasks
SELECT n.place - 1, o.role, o.ordinal, encode(o.artifact, 'hex')
FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place), LATERAL (
    SELECT o.role, o.ordinal, o.artifact FROM ledger.task_output o
    WHERE o.task = (SELECT coalesce(t.reused_from, t.id) FROM ledger.task t WHERE t.id = n.id) OFFSET 0) o
ORDER BY n.place, o.role, o.ordinal
