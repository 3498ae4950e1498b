-- What the releases of a run registered, of several models; what was refused first. $1 run
SELECT v.version, v.state, v.reason FROM ledger.task t
JOIN ledger.model_version v ON v.task = coalesce(t.reused_from, t.id)
WHERE t.run = $1::uuid AND t.kind = 'registry.release' AND NOT t.repair
ORDER BY v.state <> 'refused', t.position
