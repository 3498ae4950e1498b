-- Messages a day old that were sent or whose task needs no order any more.
DELETE FROM ledger.outbox o
WHERE o.created < clock_timestamp() - interval '1 day' AND (o.published < clock_timestamp() - interval '1 day' OR o.task IS NOT NULL)
  AND NOT EXISTS (SELECT FROM ledger.task t WHERE t.id = o.task AND t.state IN ('ready', 'running'))
