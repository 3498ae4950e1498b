-- What a run registered, what was refused last, and what the alias points to now. $1 run, $2 alias
SELECT m.name, v.version, v.state, v.reason, v.parameters, $2::text AS alias,
    (SELECT w.version FROM ledger.alias_event e JOIN ledger.model_version w ON w.id = e.to_version
     WHERE e.model = m.id AND e.alias = $2::text ORDER BY e.seq DESC LIMIT 1) AS present
FROM ledger.task t JOIN ledger.model_version v ON v.task = coalesce(t.reused_from, t.id) JOIN ledger.model m ON m.id = v.model
WHERE t.run = $1::uuid AND NOT t.repair AND t.kind = 'registry.release' ORDER BY v.state = 'refused', v.created
