-- Whether we may write; tasks whose lease has run out a while ago and for how long; orders due and unpublished for a
-- minute, and for how long; who we are.
SELECT has_table_privilege('ledger.task', 'INSERT') AND has_table_privilege('ledger.task', 'UPDATE'),
       l.tasks, l.seconds, o.orders, o.seconds, current_user::text
FROM (SELECT count(*) AS tasks, extract(epoch FROM clock_timestamp() - min(t.lease_until))::float8 AS seconds
      FROM ledger.task t WHERE t.state = 'running' AND t.lease_until < clock_timestamp() - interval '5 seconds') l,
     (SELECT count(*) AS orders, extract(epoch FROM clock_timestamp() - min(greatest(b.created, t.not_before)))::float8 AS seconds
      FROM ledger.outbox b LEFT JOIN ledger.task t ON t.id = b.task
      WHERE b.published IS NULL AND b.created < clock_timestamp() - interval '1 minute'
        AND (b.task IS NULL OR t.state = 'ready' AND t.not_before < clock_timestamp() - interval '1 minute')) o
