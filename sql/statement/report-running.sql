-- The tasks of a run that are being worked on, with what they last said. $1 run
SELECT t.kind, coalesce(t.spec->>'model', t.spec->>'baseline', t.spec->>'source', ''),
    (t.progress->>'done')::float8, (t.progress->>'total')::float8, t.progress->>'unit', t.progress->>'note',
    extract(epoch FROM clock_timestamp() - a.started)::float8, t.attempt, coalesce(a.cpu_seconds, 0)
FROM ledger.task t JOIN ledger.attempt a ON a.task = t.id AND a.attempt = t.attempt
WHERE t.run = $1::uuid AND t.state = 'running' ORDER BY a.started
