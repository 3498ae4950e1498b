-- Runs that have not ended at their deadline, and what of them is open.
SELECT r.id, extract(epoch FROM r.deadline - r.created)::bigint,
       coalesce((SELECT string_agg(format('%s %s', s.kind, s.expected - s.done), ', ' ORDER BY s.ordinal)
                 FROM ledger.stage_run s WHERE s.run = r.id AND s.done < s.expected), 'nothing')
FROM ledger.run r WHERE r.state = 'running' AND r.deadline < clock_timestamp()
