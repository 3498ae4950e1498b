-- Messages that were sent, of tasks that need no order any more, after a day.
DELETE FROM ledger.outbox o WHERE o.published < clock_timestamp() - interval '1 day'
  AND NOT EXISTS (SELECT FROM ledger.task t WHERE t.id = o.task AND t.state IN ('ready', 'running'))
